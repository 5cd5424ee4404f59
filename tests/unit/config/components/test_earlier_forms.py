"""Forms of earlier files that are read as the current one: keys beside `src`, images in parts, empty blocks."""

from __future__ import annotations

from pathlib import Path

import pytest

from scfdeploy.model import FolderSource
from tests.support.command import scfdeploy
from tests.support.configured import Workspace, findings, function_of

HEAD = "component: scf\nname: api\ninputs:\n"


def fixed(folder: Path, text: str) -> str:
    """The file after `validate --fix`."""
    (folder / "serverless.yml").write_text(text, encoding="utf-8")
    (folder / "index.js").write_text("exports.main_handler = async () => 'hello';\n", encoding="utf-8")
    result = scfdeploy("validate", folder, "--fix")
    assert result.exit_code == 0, result.stdout + result.stderr
    return (folder / "serverless.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", ["exclude", "include"])
def test_patterns_beside_src_are_read_as_part_of_it(workspace: Workspace, key: str) -> None:
    loaded = workspace.load_text(f"{HEAD}  src: ./\n  runtime: Nodejs18.15\n  {key}:\n    - ../lib\n")

    source = function_of(loaded).source
    assert isinstance(source, FolderSource)
    assert getattr(source, key) == ("../lib",)
    assert findings(loaded) == ["6:3 beside-src?"]


@pytest.mark.parametrize("command", [("validate", "--fix"), ("migrate", "--write")])
def test_include_beside_src_becomes_relative_to_the_folder_of_the_code(
    tmp_path: Path, command: tuple[str, str]
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.py").write_text("def main_handler(event, context):\n    return 1\n")
    (tmp_path / "common.txt").write_text("shared")
    file = tmp_path / "serverless.yml"
    text = f"{HEAD}  runtime: Python3.10\n  handler: index.main_handler\n  src: ./src\n  include:\n    - ./common.txt\n"
    file.write_text(text)

    checked = scfdeploy("validate", tmp_path)

    assert checked.exit_code == 0, checked.stderr
    assert "relative to the folder of the code" in checked.stderr
    assert scfdeploy(*command, tmp_path).exit_code == 0
    assert file.read_text().endswith("  src:\n    src: ./src\n    include:\n      - ../common.txt\n")
    changed = scfdeploy("validate", tmp_path)
    assert (changed.exit_code, "warning" in changed.stderr) == (0, False)


@pytest.mark.parametrize("command", [("validate", "--fix"), ("migrate", "--write")])
@pytest.mark.parametrize("item", ["{{source: {path}, prefix: ../}}", "source: {path}\n      prefix: ../"])
def test_source_of_an_include_with_prefix_becomes_relative_too(
    tmp_path: Path, item: str, command: tuple[str, str]
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.py").write_text("def main_handler(event, context):\n    return 1\n")
    (tmp_path / "lib").mkdir()
    file = tmp_path / "serverless.yml"
    text = f"{HEAD}  runtime: Python3.10\n  handler: index.main_handler\n  src: ./src\n  include:\n    - "
    file.write_text(text + item.format(path="./lib") + "\n")

    assert scfdeploy(*command, tmp_path).exit_code == 0
    assert f"- {item.format(path='../lib')}" in file.read_text().replace("\n  ", "\n")
    checked = scfdeploy("validate", tmp_path)
    assert (checked.exit_code, "warning" in checked.stderr) == (0, False)


@pytest.mark.parametrize("command", [("validate", "--fix"), ("migrate", "--write")])
@pytest.mark.parametrize(
    ("items", "changed"),
    [
        ("\n    - './a #1'", "\n      - '../a #1'"),
        ("\n    - 'b: 2'", "\n      - '../b: 2'"),
        ('\n    - "./c\'s"', '\n      - "../c\'s"'),
        (" ['./d, 3', a]", " ['../d, 3', ../a]"),
        ("\n    - src/7", "\n      - '7'"),
        ("\n    - ''\n    -\n    - ~", "\n      - ''\n      -\n      - ~"),
    ],
)
def test_moved_include_has_the_same_items(tmp_path: Path, items: str, changed: str, command: tuple[str, str]) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.py").write_text("def main_handler(event, context):\n    return 1\n")
    file = tmp_path / "serverless.yml"
    file.write_text(f"{HEAD}  runtime: Python3.10\n  handler: index.main_handler\n  src: ./src\n  include:{items}\n")

    assert "internal error" not in scfdeploy(*command, tmp_path).stderr
    assert file.read_text().endswith(f"  src:\n    src: ./src\n    include:{changed}\n")


def test_migration_does_not_change_the_text_of_an_alias(tmp_path: Path) -> None:
    file = tmp_path / "serverless.yml"
    file.write_text(HEAD.replace("name: ", "name: &name ") + "  src: ./src\n  include:\n    - *name\n")

    migrated = scfdeploy("migrate", "--write", tmp_path)

    assert "this one is not changed" in migrated.stdout + migrated.stderr
    assert file.read_text().startswith(HEAD.replace("name: ", "name: &name "))


def test_patterns_in_both_places_are_an_error(workspace: Workspace) -> None:
    loaded = workspace.load_text(
        f"{HEAD}  src: {{src: ./, exclude: [a]}}\n  runtime: Nodejs18.15\n  exclude: [b]\n  timeout: 5\n"
    )

    assert findings(loaded) == ["6:3 unknown-key"]


def test_fix_moves_patterns_below_src_and_keeps_comments(tmp_path: Path) -> None:
    text = (
        f"{HEAD}  src: ./  # the code\n  runtime: Nodejs18.15\n  # logs\n  exclude:\n"
        '    - "*.log"  # large\n    - tmp\n  handler: index.main_handler\n'
    )

    assert fixed(tmp_path, text) == (
        f"{HEAD}  src:\n    src: ./  # the code\n    # logs\n    exclude:\n"
        '      - "*.log"  # large\n      - tmp\n  runtime: Nodejs18.15\n  handler: index.main_handler\n'
    )


def test_fix_adds_patterns_to_block_of_src(tmp_path: Path) -> None:
    text = f"{HEAD}  exclude: [tmp]\n  src:\n    src: ./\n  runtime: Nodejs18.15\n  handler: index.main_handler\n"

    assert fixed(tmp_path, text) == (
        f"{HEAD}  src:\n    src: ./\n    exclude: [tmp]\n  runtime: Nodejs18.15\n  handler: index.main_handler\n"
    )


def test_fix_moves_both_patterns_below_src(tmp_path: Path) -> None:
    (tmp_path / "common.txt").write_text("shared")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "index.js").write_text("exports.main_handler = async () => 'hello';\n")
    text = (
        f"{HEAD}  exclude: [tmp]\n  src: ./code\n  runtime: Nodejs18.15\n  include:\n  - common.txt # ours\n"
        "  handler: index.main_handler\n"
    )

    assert fixed(tmp_path, text) == (
        f"{HEAD}  src:\n    src: ./code\n    exclude: [tmp]\n    include:\n    - ../common.txt # ours\n"
        "  runtime: Nodejs18.15\n  handler: index.main_handler\n"
    )


@pytest.mark.parametrize("source", ["{src: ./}", "&a {src: ./}"])
def test_fix_leaves_patterns_beside_src_between_brackets(tmp_path: Path, source: str) -> None:
    text = f"{HEAD}  src: {source}\n  runtime: Nodejs18.15\n  exclude: [tmp]\n  handler: index.main_handler\n"

    assert fixed(tmp_path, text) == text


PARTS = "    namespace: shop\n    repositoryName: api\n    tagName: 1.4\n"


@pytest.mark.parametrize(
    ("more", "address"),
    [
        ("", "ccr.ccs.tencentyun.com/shop/api:1.4"),
        ("    registryName: mine\n", "ccr.ccs.tencentyun.com/shop/api:1.4"),
        ("    registryName: mine\n    registryId: tcr-abcd1234\n", "mine.tencentcloudcr.com/shop/api:1.4"),
    ],
)
def test_image_in_parts_is_read_as_address(workspace: Workspace, more: str, address: str) -> None:
    loaded = workspace.load_text(f"{HEAD}  image:\n{more}{PARTS}")

    image = function_of(loaded).settings["image"]
    assert isinstance(image, dict)
    assert image["imageUrl"] == address
    assert findings(loaded) == ["5:5 image-parts?"]
    assert [(one.address, address in one.detail) for one in loaded.diagnostics] == [(None, True)]


def test_image_without_tag_still_lacks_address(workspace: Workspace) -> None:
    loaded = workspace.load_text(f"{HEAD}  image:\n    namespace: shop\n    repositoryName: api\n")

    assert any("missing-key" in line for line in findings(loaded))


def test_fix_writes_address_of_image(tmp_path: Path) -> None:
    text = f"{HEAD}  image:\n{PARTS}  timeout: 5\n"

    assert fixed(tmp_path, text) == f"{HEAD}  image:\n    imageUrl: ccr.ccs.tencentyun.com/shop/api:1.4\n  timeout: 5\n"


def test_fix_leaves_image_that_needs_quotes(tmp_path: Path) -> None:
    text = f"{HEAD}  image:\n    namespace: shop\n    repositoryName: 'api # x'\n    tagName: 1.4\n"
    (tmp_path / "serverless.yml").write_text(text, encoding="utf-8")

    result = scfdeploy("validate", tmp_path, "--fix")

    assert "image-address" in result.stderr
    assert (tmp_path / "serverless.yml").read_text(encoding="utf-8") == text


def test_empty_blocks_of_framework_lose_nothing(workspace: Workspace) -> None:
    loaded = workspace.load_text(
        "component: http\nname: site\ninputs:\n  src: ./\n  faas: {framework: express, runtime: Nodejs18.15}\n"
        "  apigw:\n    timeout: 60\n    environment: release\n    customDomains: []\n  static: {}\n"
    )

    details = {one.rule: one.detail for one in loaded.diagnostics}
    assert "assets-not-uploaded" not in details
    assert details["gateway-replaced"].endswith("Not carried over: timeout.")


def test_function_setting_in_src_says_where_it_belongs(workspace: Workspace) -> None:
    loaded = workspace.load_text(
        f"{HEAD}  src:\n    src: ./\n    memorySize: 1024\n  runtime: Nodejs18.15\n  handler: index.main_handler\n"
    )

    assert findings(loaded) == ["6:5 unknown-key?"]
    assert [one.hint for one in loaded.diagnostics] == [
        "Move it out of src: to `inputs`, or to `faas` of `component: http`."
    ]
