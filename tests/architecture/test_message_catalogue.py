"""The catalogue for translators has every text that users see."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import typer.core

from scfdeploy.cli.app import app
from scfdeploy.rules import all_rules
from scripts.extract_messages import catalogue
from tests.support.translatable import translatable_texts

PACKAGE = Path(__file__).parents[2] / "scfdeploy"


@pytest.mark.parametrize(
    "text",
    [
        "Invalid memory size",
        "Use {below} or {above}.",
        "A rule failed",
        'the {what} "{part}" must begin and end with a letter',
        "{number} error",
        "{number} errors",
        "Point an alias to a version.",
        "Maximum number of retries of a failed call.",
    ],
)
def test_template_is_in_the_catalogue(text: str) -> None:
    assert text in translatable_texts()


def test_declared_templates_of_rules_are_in_the_catalogue() -> None:
    declared = {text for rule in all_rules() for text in (rule.summary, rule.detail, rule.hint) if text}

    assert declared <= set(translatable_texts())


def test_help_texts_of_all_commands_are_in_the_catalogue() -> None:
    program = typer.main.get_command(app)
    texts = {text for command in _commands(program, typer.Context(program)) for text in _help_texts(command)}

    assert len(texts) > 100
    assert texts - set(translatable_texts()) == set()


def _commands(command: Any, context: typer.Context) -> Iterator[Any]:
    yield command
    if isinstance(command, typer.core.TyperGroup):
        for name in command.list_commands(context):
            yield from _commands(command.get_command(context, name), context)


def _help_texts(command: Any) -> Iterator[str]:
    yield from (text for text in (command.help, command.short_help) if text)
    yield from (parameter.help for parameter in command.params if getattr(parameter, "help", None))


def test_errors_of_commands_are_translatable() -> None:
    literals = [
        f"{path.relative_to(PACKAGE)}:{text.lineno}: {ast.unparse(text)}"
        for package in ("cli", "operations", "report")
        for path in sorted((PACKAGE / package).rglob("*.py"))
        for text in _error_texts(ast.parse(path.read_text(encoding="utf-8")))
        if _has_words(text)
    ]
    assert literals == []


def _error_texts(tree: ast.Module) -> Iterator[ast.expr]:
    """The messages and hints of errors that a module raises, and the texts that it prints."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("ScfDeployError", "BadParameter", "print_text", "prompt"):
                yield from node.args
                yield from (keyword.value for keyword in node.keywords if keyword.arg == "hint")


def _has_words(text: ast.expr) -> bool:
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    return any(
        isinstance(part, ast.Constant) and isinstance(part.value, str) and re.search("[A-Za-z]", part.value)
        for part in parts
    )


def test_placeholders_are_lower_case_names() -> None:
    names = {name for rule in all_rules() for text in (rule.detail, rule.hint) for name in re.findall(r"{(\w+)}", text)}

    assert all(re.fullmatch(r"[a-z_][a-z0-9_]*", name) for name in names)


def test_catalogue_is_written_as_pot_file(tmp_path: Path) -> None:
    pytest.importorskip("babel")
    count = catalogue(tmp_path / "scfdeploy.pot")

    text = (tmp_path / "scfdeploy.pot").read_text(encoding="utf-8")
    assert count == text.count("\nmsgid ") - 1 == len(translatable_texts())
    assert 'msgid "Invalid memory size"' in text
