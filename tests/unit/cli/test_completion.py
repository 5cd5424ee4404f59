"""What completion answers, without a shell."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from scfdeploy.cli.completion import table
from scfdeploy.cli.completion.answer import answer_for
from scfdeploy.cli.completion.project_names import ProjectNames
from scfdeploy.cli.completion.quoting import joined_at_break_characters, quoted_for_bash, unquoted
from scfdeploy.cli.completion.yaml_outline import NOT_UNDERSTOOD, read_outline
from scfdeploy.config import LoadOptions, load_project
from scfdeploy.model import Project
from scripts.generate_command_tables import tables

ROOT = Path(__file__).parents[3]
GOLDEN = sorted((ROOT / "tests" / "golden").glob("*/serverless.yml"))
EXAMPLES = sorted((ROOT / "examples").glob("*/serverless.yml"))
SEVERAL = """\
component: multi-scf
name: shop
stage: test
inputs:
  namespace: store
  functions:
    orders: {handler: index.main}
    bills:
      name: ${name}-bills
      customDomains:
        - domain: Bills.Example.com
      handler: index.main
    hidden:
      name: ${env:NAME}-hidden
  triggers:
    - type: timer
      function: bills
      parameters:
        name: nightly
    - type: http
      function: orders
"""


def offered(*words: str) -> list[str]:
    """The values for the last word, as fish gets them."""
    return [value for value, _ in answer_for("fish", len(words), ["scfdeploy", *words]).values]


def write(folder: Path, text: str, name: str = "serverless.yml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write(tmp_path, SEVERAL))
    return tmp_path


@pytest.mark.parametrize("name", sorted(tables()))
def test_table_is_up_to_date(name: str) -> None:
    assert getattr(table, name) == tables()[name], "run python scripts/generate_command_tables.py"


def test_commands_are_offered_with_summaries() -> None:
    answer = answer_for("fish", 1, ["scfdeploy", "rollb"])

    assert answer.values == [("rollback", "Point an alias back to the previous version")]


def test_used_option_is_not_offered_again() -> None:
    assert "--stage" in offered("plan", "--")
    assert "--stage" not in offered("plan", "--stage", "dev", "--")
    assert "--var" in offered("plan", "--var", "A=1", "--")


def test_options_are_offered_where_no_argument_fits() -> None:
    assert "--lines" not in offered("schema", "")
    assert "--help" in offered("schema", "")


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (("plan", "--format", "mark"), "markdown"),
        (("plan", "--format=mark"), "--format=markdown"),
        (("plan", "--region", "ap-guang"), "ap-guangzhou"),
        (("init", "--runtime", "Python3.10"), "Python3.10"),
        (("init", "--runtime", "pyth"), "python"),
        (("validate", "--ignore", "memory-step"), "memory-step"),
        (("explain", "ResourceInUse"), "ResourceInUse"),
        (("explain", "43"), "430"),
        (("simulate", "--on", "lam"), "lambda"),
        (("ci", "init", "jen"), "jenkins"),
        (("alias", "sh"), "shift"),
        (("plan", "--instance", "sh"), "shop"),
        (("plan", "--stage", "t"), "test"),
        (("plan", "--stage", "pro"), "prod"),
        (("plan", "--stage", "liv"), "live"),
        (("plan", "--target", "store/shop-b"), "store/shop-bills"),
        (("init", "--template", "dead"), "dead-letter"),
        (("plan", "--var", "NA"), "NAME="),
        (("invoke", "store/shop-b"), "store/shop-bills"),
        (("invoke", "store/shop-t"), "store/shop-test-shop-orders"),
        (("plan", "--target", "trig"), "trigger/store/shop-test-shop-orders/http/url-trigger"),
        (("plan", "--target", "names"), "namespace/store"),
        (("plan", "--target", "dom"), "domain/bills.example.com"),
        (("template", "show", "--function", "store/shop-bills", "ow"), "own"),
        (("invoke", "store/shop-bills", "--template", "ow"), "own"),
    ],
)
def test_value_is_offered(words: tuple[str, ...], value: str, project: Path) -> None:
    write(project / ".scfdeploy" / "templates" / "store" / "shop-bills", "{}", "own.json")
    write(project, "", ".env.prod")
    write(project, 'strict = true\n[stage.live]\nprofile = "live"\n', "scfdeploy.toml")

    assert value in offered(*words)


def test_names_with_unknown_variables_are_left_out(project: Path) -> None:
    assert len(offered("invoke", "")) == 2


def test_stage_option_decides_names(project: Path) -> None:
    assert "store/shop-prod-shop-orders" in offered("invoke", "--stage", "prod", "")


def test_project_argument_decides_names(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.parent)

    assert offered("plan", project.name, "--instance", "") == ["shop"]
    assert offered("events", "list", "--path", f"{project.name}/serverless.yml", "store/shop-b") == ["store/shop-bills"]


@pytest.mark.parametrize("file", [*EXAMPLES, *GOLDEN], ids=lambda file: file.parent.name)
def test_names_are_those_of_the_project(file: Path) -> None:
    loaded = load_project(str(file), LoadOptions(cwd=str(file.parent), environ={}))
    names = ProjectNames(str(file))
    if loaded.project is None or loaded.diagnostics.has_errors:
        return

    assert set(names.functions()) == {spec.address.function_name for spec in loaded.project.functions}
    offered = {address for address in names.addresses() if address.startswith(("function/", "trigger/", "layer/"))}
    assert offered <= set(_addresses(loaded.project))


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("{a: b, c: {d: 'e f'}} # g", {("x",): "", ("x", "a"): "b", ("x", "c"): "", ("x", "c", "d"): "e f"}),
        ("{a: ${stage}-b, c}", {("x",): "", ("x", "a"): "${stage}-b", ("x", "c"): ""}),
        ("[{a: b}, c]", {("x",): "", ("x", 0, "a"): "b", ("x", 1): "c"}),
        ("{}", {("x",): ""}),
        ("{a: b,", {("x",): NOT_UNDERSTOOD}),
        ("{a: b} c", {("x",): NOT_UNDERSTOOD}),
        ("{: a}", {("x",): NOT_UNDERSTOOD}),
        ("[" * 50 + "]" * 50, {("x",): NOT_UNDERSTOOD}),
        (">-", {("x",): NOT_UNDERSTOOD}),
        ("plain # a", {("x",): "plain"}),
        ("'it''s'", {("x",): "it's"}),
    ],
)
def test_value_of_a_line_is_read(text: str, entries: dict[tuple[str | int, ...], str], tmp_path: Path) -> None:
    write(tmp_path, f"x: {text}\n", "a.yml")

    assert read_outline(str(tmp_path / "a.yml"), 10_000) == entries


def _addresses(project: Project) -> Iterable[str]:
    for spec in project.functions:
        yield str(spec.address)
        yield from (str(trigger.address) for trigger in spec.triggers)
    yield from (str(layer.address) for layer in project.layers)


def test_folder_of_folders_is_scanned(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, f"component: scf\nname: {name}\ninputs:\n  name: {name}\n")
    write(tmp_path / ".hidden", "component: scf\nname: three\ninputs:\n  name: three\n")

    assert list(ProjectNames(str(tmp_path)).functions()) == ["one", "two"]


def test_json_file_is_scanned(tmp_path: Path) -> None:
    write(tmp_path, '{"component": "scf", "name": "a", "inputs": {"name": "from-json"}}', "serverless.json")

    assert list(ProjectNames(str(tmp_path)).functions()) == ["from-json"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x01",
        "component: scf\nname: a\ninputs:\n  name: \x1b[31mred\n",
        "component: scf\nname: a\ninputs:\n  name: |\n    b\n",
        "component: scf\nname: a\ninputs:\n  name: {b: c}\n",
        'component: scf\nname: a\ninputs:\n  name: "b\\u0041"\n',
        "component: scf\nname: a\ninputs:\n  name: " + "b" * 5000,
        "- " * 20000,
        "component: multi-scf\nname: a\ninputs:\n  functions:\n" + "".join(f"{' ' * n}a{n}:\n" for n in range(4, 500)),
    ],
)
def test_odd_file_offers_nothing_odd(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, text))

    for value in offered("invoke", ""):
        assert value.isprintable()
        assert len(value) < 400


@pytest.mark.parametrize("words", [("invoke",), ("plan", "--target"), ("plan", "--stage")])
def test_names_of_the_project_are_no_options(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    option = "--endpoint=http://other.example"
    write(tmp_path, f"component: scf\nname: a\nstage: '{option}'\ninputs: {{name: '{option}'}}\n")
    (tmp_path / f".env.{option.partition('=')[0]}").touch()
    monkeypatch.chdir(tmp_path)

    assert not [value for value in offered(*words, "") if value.startswith("-")]
    assert not [value for value in offered(*words, "--e") if "other.example" in value]


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "serverless.yml")

    assert list(ProjectNames(str(tmp_path / "serverless.yml")).functions()) == []


def test_large_file_is_read_in_part(tmp_path: Path) -> None:
    head = "component: multi-scf\nname: a\ninputs:\n  functions:\n"
    write(tmp_path, head + "".join(f"    f{n}:\n      name: f{n}\n" for n in range(100_000)))

    assert 1000 < len(list(ProjectNames(str(tmp_path)).functions())) < 50_000


@pytest.mark.parametrize(
    ("raw", "value", "quoted"),
    [
        ("", "a b", "a\\ b"),
        ("", "$LATEST", "\\$LATEST"),
        ("", "a/b-c_1.d", "a/b-c_1.d"),
        ("'a", "a $b", "a $b"),
        ("'a", "it's", None),
        ('"a', "a $b", "a \\$b"),
        ('"a', "a!", None),
        ("", "\u51fd\u6570", "\\\u51fd\\\u6570"),
    ],
)
def test_value_is_quoted_for_bash(raw: str, value: str, quoted: str | None) -> None:
    assert quoted_for_bash(value, raw) == quoted


@pytest.mark.parametrize(
    ("raw", "text"),
    [("a\\ b", "a b"), ("'a b", "a b"), ('"a \\$b"', "a $b"), ('"a\\b"', "a\\b"), ("a'b'c", "abc"), ("a\\", "a")],
)
def test_word_of_bash_is_unquoted(raw: str, text: str) -> None:
    assert unquoted(raw) == text


@pytest.mark.parametrize(
    ("words", "joined"),
    [
        (["scfdeploy", "plan", "--format", "=", "js"], (["scfdeploy", "plan"], "--format=js", 9)),
        (["scfdeploy", "plan", "--format", "="], (["scfdeploy", "plan"], "--format=", 9)),
        (["scfdeploy", "plan", "--format", "=", "json", ""], (["scfdeploy", "plan", "--format=json"], "", 0)),
        (["scfdeploy", "a", ":", "b"], (["scfdeploy"], "a:b", 2)),
        (["scfdeploy", "plan", "js"], (["scfdeploy", "plan"], "js", 0)),
    ],
)
def test_words_are_joined_at_breaks(words: list[str], joined: tuple[list[str], str, int]) -> None:
    assert joined_at_break_characters(words[:-1], words[-1]) == joined


@pytest.mark.parametrize(
    "arguments",
    [[], ["bash"], ["bash", "x", "scfdeploy"], ["bash", "9", "scfdeploy"], ["tcsh", "1", "scfdeploy", "\udcff"]],
)
def test_wrong_call_is_silent(arguments: list[str]) -> None:
    done = _answer(*arguments)

    assert (done.returncode, done.stderr) == (0, b"")


def test_answer_loads_only_the_table() -> None:
    program = (
        "import sys\nsys.argv = ['scfdeploy', '__complete', 'bash', '2', 'scfdeploy', 'invoke', '']\n"
        "from scfdeploy.cli import main\nmain()\nprint(sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = eval(done.stdout.splitlines()[-1])

    assert {"typer", "ruamel.yaml", "json", "socket", "subprocess", "dataclasses"} & set(loaded) == set()
    own = [name for name in loaded if name.startswith("scfdeploy.")]
    assert [name for name in own if name != "scfdeploy.cli" and not name.startswith("scfdeploy.cli.completion")] == []


def _answer(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    program = [sys.executable, "-c", "from scfdeploy.cli import main; main()", "__complete", *arguments]
    return subprocess.run(program, capture_output=True, check=False, cwd=ROOT)
