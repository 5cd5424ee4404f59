"""What runs without Typer gets the values that Typer would give it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from scfdeploy.cli.app import COMMANDS, app
from scfdeploy.cli.language_settings import LANGUAGES
from scfdeploy.cli.plain_commands import PLAIN_COMMANDS
from scfdeploy.cli.plain_run import parse_plain
from scripts.generate_command_tables import plain_commands

PROGRAM: Any = typer.main.get_command(app)
TYPER_COMMANDS = {name: PROGRAM.get_command(None, name) for name in PLAIN_COMMANDS}
VARIABLES = sorted({name for _, _, variables in PLAIN_COMMANDS.values() for name in variables})
VALUES = ("x", "a=b", "a b", "1", "dev", "./x/y", "$LATEST", "=", "x-y", "text", "json", "github")


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    """A command, and words that are or look like its options and arguments."""
    command = draw(st.sampled_from(list(PLAIN_COMMANDS)))
    options = PLAIN_COMMANDS[command][1]
    value = st.sampled_from(VALUES)
    option = st.sampled_from(list(options) or ["--none"])
    words = st.one_of(
        st.tuples(option),
        st.tuples(option, value),
        st.builds(lambda name, text: (f"{name}={text}",), option, value),
        st.tuples(value),
        st.sampled_from(
            [("--",), ("-",), ("",), ("--parallelism", "3"), ("--help",), ("-y",), ("--x",), ("--format=",)]
        ),
    )
    return [command, *(word for group in draw(st.lists(words, max_size=5)) for word in group)]


def values_of_typer(words: Sequence[str], environ: Mapping[str, str]) -> dict[str, Any] | None:
    """The values that Typer finds for a command; None for an error or a page of help."""
    names = (*VARIABLES, "SCFDEPLOY_LANG")
    before = {name: os.environ.pop(name, None) for name in names}
    os.environ.update(environ)
    try:
        context = TYPER_COMMANDS[words[0]].make_context(words[0], list(words[1:]))
    except (typer.Exit, typer._click.exceptions.ClickException):
        return None
    finally:
        for name in names:
            os.environ.pop(name, None)
        os.environ.update({name: value for name, value in before.items() if value is not None})
    return {name: value or None for name, value in context.params.items()}


def defaults_of(command: str) -> dict[str, Any]:
    context = typer.Context(TYPER_COMMANDS[command])
    return {option.name: option.get_default(context, call=False) or None for option in context.command.params}


def texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Values to compare: a format is an enumeration for Typer, and a list can be a tuple."""
    found = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    return {name: str(value) for name, value in found.items() if name not in ("lang", "context")}


@given(
    command_lines(), st.dictionaries(st.sampled_from(VARIABLES), st.sampled_from(["", "http://x", "7", "-x", "a b"]))
)
def test_plain_arguments_have_the_values_of_typer(words: list[str], environ: dict[str, str]) -> None:
    call = parse_plain(words, environ)
    if call is None:
        return
    expected = values_of_typer(words, environ)

    assert expected is not None, "Typer rejects these arguments"
    given_values = {name: value or None for name, value in call.values.items()}
    assert texts(defaults_of(words[0]) | given_values) == texts(expected)


@pytest.mark.parametrize(
    "line",
    [
        "validate",
        "validate a b --format json --strict --ignore x --ignore y",
        "plan . --stage dev --region=ap-beijing --var A=1 --var B=2 --out f",
        "apply --yes --local",
        "apply -y --target a --target b --prune",
        "destroy --yes",
        "status --no-color",
        "invoke hello --data {}",
    ],
)
def test_usual_command_lines_are_plain(line: str) -> None:
    assert parse_plain(line.split(), {}) is not None


@pytest.mark.parametrize(
    "line",
    [
        "",
        "--version",
        "--help",
        "plan --help",
        "plan -h",
        "plan --parallelism 3",
        "plan --lang",
        "plan --stage",
        "plan --stage --region",
        "plan a b",
        "plan -- a",
        "plan --prune=1",
        "plan --form json",
        "plan --format xml",
        "apply -y=1",
        "nothing",
        "events list",
        "ci init github",
    ],
)
def test_other_command_lines_are_left_to_typer(line: str) -> None:
    assert parse_plain(line.split(), {}) is None


@pytest.mark.parametrize(("language", "is_plain"), [("zh", True), ("en", True), ("zh-CN", False), ("de", False)])
def test_unusual_languages_are_left_to_typer(language: str, is_plain: bool) -> None:
    assert (parse_plain(["plan"], {"SCFDEPLOY_LANG": language}) is not None) is is_plain
    assert (parse_plain(["plan", "--lang", language], {}) is not None) is is_plain


def test_all_languages_are_plain() -> None:
    assert [name for name in LANGUAGES if parse_plain(["plan", f"--lang={name}"], {}) is None] == []


def test_table_is_up_to_date() -> None:
    assert plain_commands() == PLAIN_COMMANDS, "run python scripts/generate_command_tables.py"
    assert set(PLAIN_COMMANDS) < set(COMMANDS)


def run(folder: Path, *words: str, program: str = "-m scfdeploy") -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SCFDEPLOY", "TENCENT"))}
    command = [sys.executable, *program.split(), *words]
    return subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, check=False)


def test_usage_error_of_plain_arguments_is_shown_like_one_of_typer(tmp_path: Path) -> None:
    plain = run(tmp_path, "plan", "--refresh-only", "--out", "f")
    typed = run(tmp_path, "plan", "--refresh-only", "--out", "f", "--parallelism", "3")

    assert plain.stderr.startswith("Usage: scfdeploy plan [OPTIONS] [PATH]\nTry 'scfdeploy plan -h' for help.\n")
    assert "--refresh-only cannot be combined with --out" in plain.stderr
    assert (plain.stdout, plain.stderr, plain.returncode) == (typed.stdout, typed.stderr, 2)


def test_exit_code_and_output_are_those_of_typer(tmp_path: Path) -> None:
    (tmp_path / "serverless.yml").write_text("component: scf\nname: hello\ninputs:\n  memorySize: 100\n")
    plain = run(tmp_path, "validate")
    typed = run(tmp_path, "validate", "--lang", "en-GB")

    assert plain.returncode == 3
    assert (plain.stdout, plain.stderr, plain.returncode) == (typed.stdout, typed.stderr, typed.returncode)
