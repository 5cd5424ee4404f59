"""`validate --fix` repairs files that were copied from a document which lost their line ends and indentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.guide import ABSENT, GUIDE

FLAT = """\
# The file of my function, copied from
a document.
component: scf # the kind
component: scf # the name of the instance

inputs: # its settings
# the first one
name: demo
src: ./src # the code of the function, that is
its folder, and
all below
handler: index.main_handler
runtime: nodejs16
description: Resizes the images that
users upload.
environment: # variables
variables:
LEVEL: debug
MODE: fast
vpcConfig:
vpcId: vpc-1234abcd
subnetId: subnet-1234abcd
"""
INDENTED = """\
# The file of my function, copied from a document.
component: scf # the kind
name: demo # the name of the instance

inputs: # its settings
  # the first one
  name: demo
  src: ./src # the code of the function, that is its folder, and all below
  handler: index.main_handler
  runtime: Nodejs16.13
  description: Resizes the images that users upload.
  environment: # variables
    variables:
      LEVEL: debug
      MODE: fast
  vpcConfig:
    vpcId: vpc-1234abcd
    subnetId: subnet-1234abcd
"""
CODE = "  src: ./src\n  handler: index.main_handler\n  runtime: Nodejs16.13\n"


def project(folder: Path, text: str) -> Path:
    (folder / "src").mkdir()
    (folder / "src" / "index.js").write_text("exports.main_handler = async () => 1\n")
    file = folder / "serverless.yml"
    file.write_bytes(text.encode())
    return file


def assert_fixed(tmp_path: Path, wrong: str, right: str) -> None:
    file = project(tmp_path, wrong)
    fixed = scfdeploy("validate", tmp_path, "--fix")
    assert fixed.exit_code == 0, fixed.stderr
    assert file.read_text("utf-8") == right


def words(text: str) -> list[str]:
    return re.findall(r"\S+", text)


@pytest.mark.skipif(not GUIDE.is_dir(), reason=ABSENT)
def test_sample_of_the_guide_is_valid_after_one_run(tmp_path: Path) -> None:
    sample = (GUIDE / "serverless.yml").read_text("utf-8")
    file = project(tmp_path, sample)

    fixed = scfdeploy("validate", tmp_path, "--fix")
    after = file.read_text("utf-8")
    second = scfdeploy("validate", tmp_path, "--fix", "--format", "json")

    assert (fixed.exit_code, second.exit_code) == (0, 0), fixed.stderr
    assert "Valid" in fixed.stdout
    assert words(after) == words(sample.replace("component: scf # Name", "name: scfdemo # Name"))
    assert second.document["fixed"] == []
    assert file.read_text("utf-8") == after


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_lost_line_ends_and_indentation_are_restored(ends: str, tmp_path: Path) -> None:
    file = project(tmp_path, FLAT.replace("\n", ends))

    fixed = scfdeploy("validate", tmp_path, "--fix")

    assert fixed.exit_code == 0, fixed.stderr
    assert file.read_bytes().decode() == INDENTED.replace("\n", ends)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (
            "component: scf # the kind\nname :demo\ninputs:\n" + CODE,
            "component: scf # the kind\nname : demo\ninputs:\n" + CODE,
        ),
        ("component: scf\nname: demo\n" + CODE.replace("  ", ""), "component: scf\nname: demo\ninputs:\n" + CODE),
        (
            "component: scf\nname: shop\ninputs:\nname: demo\n" + CODE.replace("  ", ""),
            "component: scf\nname: shop\ninputs:\n  name: demo\n" + CODE,
        ),
        (
            "component: scf\nname: shop\ninputs:\n" + CODE.replace("  ", "") + "name: demo\n",
            "component: scf\nname: shop\ninputs:\n" + CODE + "  name: demo\n",
        ),
        (
            "component: scf\ninputs:\nname: demo\n" + CODE.replace("  ", ""),
            "component: scf\nname: demo\ninputs:\n  name: demo\n" + CODE,
        ),
        (
            "component: scf\ncomponent: scf\ninputs:\n  name: demo\n" + CODE,
            "component: scf\nname: demo\ninputs:\n  name: demo\n" + CODE,
        ),
        (
            "component: scf\ncomponent: scf # twice\nname: demo\ninputs:\n" + CODE,
            "component: scf\n# twice\nname: demo\ninputs:\n" + CODE,
        ),
        (
            "component: scf\nname: demo\nname: demo\ninputs:\n" + CODE,
            "component: scf\nname: demo\ninputs:\n" + CODE,
        ),
        (
            "component: scf\nname: demo\ninputs:\n" + CODE + "  timeout: 3\n  timeout: 3",
            "component: scf\nname: demo\ninputs:\n" + CODE + "  timeout: 3",
        ),
    ],
    ids=[
        "colon-after-comment",
        "no-inputs",
        "two-names",
        "name-at-end",
        "one-name",
        "no-name",
        "component-twice",
        "name-twice",
        "twice-without-line-end",
    ],
)
def test_lost_structure_is_restored(wrong: str, right: str, tmp_path: Path) -> None:
    assert_fixed(tmp_path, wrong, right)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ("component: scf\ncomponent: demo\ninputs:\n" + CODE, "duplicate-key"),
        ("component: scf\nname: demo\nname: shop\ninputs:\n" + CODE, "duplicate-key"),
        ("component: scf\nname: demo\ninputs:\n  src:\n" + CODE, "duplicate-key"),
        ("component: scf\nname: demo\ninputs: {}\n" + CODE.replace("  ", ""), "inputs-not-indented"),
        ("component: scf\nsrc: ./src\nname: demo\nruntime: Nodejs16.13\n", "inputs-not-indented"),
        ("component: scf\nname: demo\nword\ninputs:\n" + CODE, "yaml-colon"),
    ],
)
def test_structure_with_two_meanings_is_not_changed(wrong: str, rule: str, tmp_path: Path) -> None:
    file = project(tmp_path, wrong)

    fixed = scfdeploy("validate", tmp_path, "--fix")

    assert fixed.exit_code == 3
    assert rule in fixed.stderr
    assert file.read_text("utf-8") == wrong


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("  runtime: nodejs16.13\n", "  runtime: Nodejs16.13\n"),
        ("  runtime: Nodejs16\n", "  runtime: Nodejs16.13\n"),
        ("  runtime: node16.x\n", "  runtime: Nodejs16.13\n"),
        ("  runtime: Nodejs16.13\n  eip: flase\n", "  runtime: Nodejs16.13\n  eip: false\n"),
        ("  runtime: Nodejs16.13\n  publicAccess: ture\n", "  runtime: Nodejs16.13\n  publicAccess: true\n"),
        ("  runtime: Nodejs16.13\n  publicAccess: 开启\n", "  runtime: Nodejs16.13\n  publicAccess: true\n"),
        (
            "  runtime: Nodejs16.13\n  Environment:\n    Variables:\n      LEVEL: debug\n",
            "  runtime: Nodejs16.13\n  environment:\n    variables:\n      LEVEL: debug\n",
        ),
    ],
)
def test_misspelt_value_or_key_is_corrected(wrong: str, right: str, tmp_path: Path) -> None:
    head = "component: scf\nname: demo\ninputs:\n  src: ./src\n  handler: index.main_handler\n"
    assert_fixed(tmp_path, head + wrong, head + right)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (
            "  src: ./src # code\n    exclude:\n      - a.md\n  eip: flase\n",
            "  src:\n    src: ./src # code\n    exclude:\n      - a.md\n  eip: false\n",
        ),
        (
            "  src: ./src\n  events:\n    - timer:\n        name: nightly\n        cronExpression: '0 0 2 * * * *'\n"
            "        enable: true\n",
            "  src: ./src\n  events:\n    - timer:\n        name: nightly\n        parameters:\n"
            "          cronExpression: '0 0 2 * * * *'\n          enable: true\n",
        ),
        (
            "  src: ./src\n  events:\n    - timer:\n        parameters:\n          name: nightly\n"
            "        cronExpression: '0 0 2 * * * *' # at two\n        enable: true\n",
            "  src: ./src\n  events:\n    - timer:\n        parameters:\n          name: nightly\n"
            "          cronExpression: '0 0 2 * * * *' # at two\n          enable: true\n",
        ),
        (
            "  src: ./src\n  events:\n    - timer:\n        parameters:\n        cronExpression: '0 0 2 * * * *'\n"
            "        enable: true\n",
            "  src: ./src\n  events:\n    - timer:\n        parameters:\n          cronExpression: '0 0 2 * * * *'\n"
            "          enable: true\n",
        ),
    ],
    ids=["src-with-exclude", "no-parameters", "beside-parameters", "empty-parameters"],
)
def test_settings_are_indented_under_their_key(wrong: str, right: str, tmp_path: Path) -> None:
    head = "component: scf\nname: demo\ninputs:\n  handler: index.main_handler\n  runtime: Nodejs16.13\n"
    assert_fixed(tmp_path, head + wrong, head + right)


@pytest.mark.parametrize(
    ("bucket", "corrected"),
    [
        ("photos-1250000000", "photos-1250000000.cos.ap-guangzhou.myqcloud.com"),
        (
            "'https://photos-1250000000.cos.ap-guangzhou.myqcloud.com/'",
            "'photos-1250000000.cos.ap-guangzhou.myqcloud.com'",
        ),
        ("photos", "photos"),
        ("photos-1250000000.cos.example.com", "photos-1250000000.cos.example.com"),
    ],
)
def test_bucket_domain_is_completed_where_its_parts_are_known(bucket: str, corrected: str, tmp_path: Path) -> None:
    events = (
        "  events:\n    - cos:\n        parameters:\n          events: cos:ObjectCreated:*\n          enable: true\n"
        "          bucket: "
    )
    head = "component: scf\nname: demo\ninputs:\n" + CODE + events
    file = project(tmp_path, f"{head}{bucket}\n")

    fixed = scfdeploy("validate", tmp_path, "--fix")

    assert fixed.exit_code == (3 if bucket == corrected else 0)
    assert file.read_text("utf-8") == f"{head}{corrected}\n"


@pytest.mark.parametrize("line", ["\t\t  ", "  \t", "\t# a comment"])
def test_line_without_content_is_no_mistake(line: str, tmp_path: Path) -> None:
    text = f"component: scf\nname: demo\ninputs:\n{line}\n{CODE}  description: |\n    first\n{line}\n    third\n"
    file = project(tmp_path, text)

    checked = scfdeploy("validate", tmp_path, "--fix")

    assert checked.exit_code == 0, checked.stderr
    assert file.read_text("utf-8") == text


TIMER = "name: a\ncronExpression: '0 0 2 * * * *'\nenable: true\n"


def indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


RIGHT_TIMER = "  events:\n    - timer:\n        parameters:\n" + indented(TIMER, 10)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (
            "  layers:\n  - name: a\n  version: 1\n  - name: b\n  version: 2\n  memorySize: 128\n",
            "  layers:\n  - name: a\n    version: 1\n  - name: b\n    version: 2\n  memorySize: 128\n",
        ),
        (
            "  layers:\n    - name: a\n    version: 1\n    name: b\n    version: 2\n",
            "  layers:\n    - name: a\n      version: 1\n    - name: b\n      version: 2\n",
        ),
        ("  layers:\n    name: a\n    version: 1\n", "  layers:\n    - name: a\n      version: 1\n"),
        ("  layers:\n- name: a\n  version: 1\n", "  layers:\n  - name: a\n    version: 1\n"),
        ("  events:\n    - timer:\n      parameters:\n" + indented(TIMER, 6), RIGHT_TIMER),
        ("  events:\n    - timer:\n" + indented(TIMER, 6), RIGHT_TIMER),
        ("  events:\n    - timer:\n    parameters:\n" + indented(TIMER, 6), RIGHT_TIMER),
        ("  events:\n    timer:\n      parameters:\n" + indented(TIMER, 8), RIGHT_TIMER),
        (
            RIGHT_TIMER
            + "     - timer: # 每天\n        parameters:\n"
            + indented(TIMER.replace("name: a", "name: b"), 10),
            RIGHT_TIMER
            + "    - timer: # 每天\n        parameters:\n"
            + indented(TIMER.replace("name: a", "name: b"), 10),
        ),
        (
            RIGHT_TIMER + "    timer:\n        parameters:\n" + indented(TIMER.replace("name: a", "name: b"), 10),
            RIGHT_TIMER + "    - timer:\n        parameters:\n" + indented(TIMER.replace("name: a", "name: b"), 10),
        ),
        (
            "  functionConf: # 配置\n    memorySize: 256 # 内存\n    timeout: 20\n",
            "  # 配置\n  memorySize: 256 # 内存\n  timeout: 20\n",
        ),
        ("  memorySize: 256\n   timeout: 20\n   # 说明\n", "  memorySize: 256\n  timeout: 20\n  # 说明\n"),
        ("  layers:\n    - name: a\n     version: 1\n", "  layers:\n    - name: a\n      version: 1\n"),
        ("  environment\n    variables:\n      LEVEL: debug\n", "  environment:\n    variables:\n      LEVEL: debug\n"),
        ("  timeout: 20\n  memorySize:\n  timeout: 20\n  memorySize: 128\n", "  timeout: 20\n  memorySize: 128\n"),
        (
            "  layers:\n    - name: a\n      version: 1\n  layers:\n    - name: a\n      version: 1\n",
            "  layers:\n    - name: a\n      version: 1\n",
        ),
        (
            "  environment:\n    - LEVEL: debug\n    - MODE: 'on'\n",
            "  environment:\n    variables:\n      LEVEL: debug\n      MODE: 'on'\n",
        ),
        ("  tags:\n  - key: team\n    value: shop\n", "  tags:\n    team: shop\n"),
        ("  memorySize: 256MB\n  timeout: 20s # 秒\n", "  memorySize: 256\n  timeout: 20 # 秒\n"),
        ("  events:\n    - type: timer\n      parameters:\n" + indented(TIMER, 8), RIGHT_TIMER),
    ],
    ids=[
        "keys-beside-items",
        "keys-in-the-column-of-dashes",
        "list-without-a-dash",
        "list-left-of-its-key",
        "all-beside-the-trigger",
        "no-parameters",
        "parameters-beside-events",
        "trigger-without-a-dash",
        "dash-one-column-right",
        "second-trigger-without-a-dash",
        "functionConf",
        "one-column-right",
        "one-column-left-in-an-item",
        "no-colon",
        "key-twice",
        "block-twice",
        "variables-with-dashes",
        "pairs",
        "units",
        "type-of-a-trigger",
    ],
)
def test_lost_indentation_of_lists_is_restored(wrong: str, right: str, tmp_path: Path) -> None:
    head = "component: scf\nname: demo\ninputs:\n" + CODE

    assert_fixed(tmp_path, head + wrong, head + right)


def test_path_of_the_code_that_lost_its_indentation_is_moved_back(tmp_path: Path) -> None:
    rest = "    exclude:\n      - '*.md'\n  handler: index.main_handler\n  runtime: Nodejs16.13\n"
    head = "component: scf\nname: demo\ninputs:\n  src: # 代码\n"

    assert_fixed(tmp_path, f"{head}  src: ./src\n{rest}", f"{head}    src: ./src\n{rest}")


@pytest.mark.parametrize(
    "wrong",
    [
        "  layers:\n  - name: a\n  memorySize: 128\n  - name: b\n",
        "  functionConf:\n    timeout: 20\n  timeout: 10\n",
        "  timeout: 10\n  timeout: 20\n",
        "  exclude:\n    - a\n    b: c\n",
    ],
    ids=["key-of-the-function", "key-in-both-places", "two-values", "list-of-texts"],
)
def test_list_with_two_meanings_is_not_changed(wrong: str, tmp_path: Path) -> None:
    text = "component: scf\nname: demo\ninputs:\n" + CODE + wrong
    file = project(tmp_path, text)

    assert scfdeploy("validate", tmp_path, "--fix").exit_code == 3
    assert file.read_text("utf-8") == text


KEYS_WITHOUT_SPACE = """\
component:scf
name:demo
inputs:
  name:demo
  src:./src
  runtime:Nodejs18.15 # the newest
  handler:index.main_handler
"""


def test_keys_without_a_space_after_the_colon_get_one(tmp_path: Path) -> None:
    right = re.sub(r":(?=\S)", ": ", KEYS_WITHOUT_SPACE)

    assert_fixed(tmp_path, KEYS_WITHOUT_SPACE, right)


def test_text_of_several_lines_with_colons_stays_a_text(tmp_path: Path) -> None:
    text = INDENTED.replace("Resizes the images that users upload.", "\n    note:one\n    more:two")

    assert_fixed(tmp_path, text, text)


def test_capitalized_keys_of_the_top_level_are_written_in_lower_case(tmp_path: Path) -> None:
    wrong = INDENTED.replace("component", "Component").replace("\nname", "\nName").replace("\ninputs", "\nInputs")

    assert_fixed(tmp_path, wrong, INDENTED)
