"""Find values that need quotes, and unbalanced quotes and brackets."""

from __future__ import annotations

import re

from scfdeploy.config.yaml.recovery.mistake import Mistake, ParseFailure, indent_of, quote_range, value_end
from scfdeploy.diagnostics import Finding, Severity, message
from scfdeploy.diagnostics.page import yaml

YAML_UNQUOTED = Finding(
    "yaml-unquoted",
    Severity.ERROR,
    "Value needs quotes",
    detail='At the start of a value, "{sign}" {meaning} in YAML, so this is not read as text.',
    hint="Quote it: '{value}'.",
    title="A value that needs quotes.",
    what="The value begins with a character that has a meaning in YAML, or contains a colon followed by a space.",
    why="For example, a cron expression that begins with an asterisk is read as the name of an alias.",
    wrong=yaml("cronExpression: */5 * * * * * *"),
    right=yaml("cronExpression: '*/5 * * * * * *'"),
)
YAML_QUOTE = Finding(
    "yaml-quote",
    Severity.ERROR,
    "Quote is not closed",
    detail="The value that this quote opens has no end.",
    hint="Close it with the same quote at the end of the value.",
    title="Unbalanced quotes.",
    what="A quoted value has no end, or text follows its end.",
    why="The parser cannot tell where the value ends.",
    wrong=yaml("description: 'it's here'"),
    right=yaml("description: 'it''s here'"),
)
YAML_ESCAPE = Finding(
    "yaml-escape",
    Severity.ERROR,
    "Unknown escape sequence",
    detail="Between double quotes, a backslash begins an escape such as \\n; YAML does not know this one.",
    hint="Use single quotes, which leave backslashes unchanged, or write two backslashes.",
    title="An unknown escape sequence.",
    what="Between double quotes, a backslash begins an escape sequence, and this one does not exist.",
    why="YAML rejects it.",
    wrong=yaml('description: "C:\\temp\\data"'),
    right=yaml("description: 'C:\\temp\\data'"),
)
YAML_BRACKET = Finding(
    "yaml-bracket",
    Severity.ERROR,
    "Comma or closing bracket expected",
    detail="Between brackets, items are separated by commas, and a text with brackets or braces needs quotes.",
    hint="Put a comma before this, or quote the value.",
    title="Unbalanced brackets.",
    what="A bracket or brace is not closed, or a comma is missing between two items.",
    why="The parser cannot tell where the list or mapping ends.",
    wrong=yaml("exclude: ['*.md' '*.txt']"),
    right=yaml("exclude: ['*.md', '*.txt']"),
)

_MEANINGS = {
    "*": "begins an alias",
    "&": "begins an anchor",
    "|": "begins a multi-line text",
    ">": "begins a multi-line text",
    "@": "is reserved",
    "`": "is reserved",
    "%": "begins a directive",
    "!": "begins a tag",
    ",": "ends an item",
    "]": "ends a list",
    "}": "ends a mapping",
}
_ALWAYS_TEXT = "*@`%"
"""Signs that can only be text where the parser fails on them; the others are possibly meant as YAML."""
_STARTS_IN_CONTEXT = ("scanning an alias", "scanning an anchor", "scanning a block scalar", "scanning a tag")
_STARTS_AT_PROBLEM = ("cannot start any token", "did not find expected node content", "scanning a directive")


def find_unquoted(failure: ParseFailure) -> Mistake | None:
    """A value that begins with a character that has a meaning in YAML."""
    if any(words in failure.context for words in _STARTS_IN_CONTEXT):
        line, start = failure.context_line, failure.context_column
    elif any(words in f"{failure.context} {failure.problem}" for words in _STARTS_AT_PROBLEM):
        line, start = failure.line, failure.column
        if failure.context == "while scanning a directive":
            line, start = failure.context_line, failure.context_column
    else:
        return None
    sign = failure.char(line, start)
    if sign not in _MEANINGS or "flow" in failure.context:
        return None
    text = failure.text(line)
    end = value_end(text, start)
    if _is_in_brackets(text[:start]):
        end = start + len(re.split(r"[,\]}]", text[start:end])[0].rstrip())
    value = text[start:end]
    is_key = re.match(r"[^'\"]*:(\s|$)", value) is not None
    has_lines = sign in "|>" and indent_of(failure.text(line + 1)) > indent_of(text)
    repaired, inserted = ({}, []) if is_key or has_lines else quote_range(failure, line, start, end)
    diagnostic = YAML_UNQUOTED.at(
        None,
        hint="Quote it." if is_key or "'" in value else None,
        sign=sign,
        meaning=message(_MEANINGS[sign]),
        value=value,
    )
    length = max(end - start, 1)
    return Mistake(diagnostic, line, start, length, repaired, inserted, is_fix=sign in _ALWAYS_TEXT)


def _is_in_brackets(before: str) -> bool:
    return sum(before.count(mark) for mark in "[{") > sum(before.count(mark) for mark in "]}")


def find_quote(failure: ParseFailure) -> Mistake | None:
    """A quote that is not closed or closes too early, or an unknown escape sequence."""
    if "quoted scalar" in failure.context:
        if "escape" in failure.problem or "hexdecimal" in failure.problem:
            return Mistake(YAML_ESCAPE.at(None), failure.line, failure.column, 2)
        return Mistake(YAML_QUOTE.at(None), failure.context_line, failure.context_column, 1)
    before = failure.text(failure.line)[: failure.column].rstrip()
    if not before.endswith(("'", '"')) or "parsing a" not in failure.context:
        return None
    opening = _opening_quote(failure, before)
    if opening is not None:
        return Mistake(YAML_QUOTE.at(None), *opening, 1)
    diagnostic = YAML_QUOTE.at(
        None,
        summary="Text after the closing quote",
        detail="The quoted value ends before this text.",
        hint="Put the whole value between one pair of quotes; write a quote inside it twice ('it''s').",
    )
    length = max(value_end(failure.text(failure.line), failure.column) - failure.column, 1)
    return Mistake(diagnostic, failure.line, failure.column, length)


def _opening_quote(failure: ParseFailure, before: str) -> tuple[int, int] | None:
    """The position of the quote that the last character of `before` closes, if it is on an earlier line."""
    mark = before[-1]
    if before[:-1].count(mark) % 2 == 1:
        return None
    for line in range(failure.line - 1, -1, -1):
        if failure.text(line).count(mark) % 2 == 1:
            return line, failure.text(line).rfind(mark)
    return None


def find_bracket(failure: ParseFailure) -> Mistake | None:
    """An unquoted variable between brackets, a bracket that is not closed, or a missing comma."""
    if "flow" not in failure.context and "found unexpected ':'" not in failure.problem:
        return None
    variable = _find_variable(failure)
    if variable is not None:
        return variable
    if failure.line > failure.context_line or not failure.text(failure.line)[failure.column :].strip():
        return _find_open_bracket(failure)
    return Mistake(YAML_BRACKET.at(None), failure.line, failure.column, 1)


def _find_open_bracket(failure: ParseFailure) -> Mistake:
    line, column = min(failure.context_line, len(failure.lines) - 1), failure.context_column
    while failure.char(line, column) not in ("[", "{") and line >= 0:
        before = failure.text(line)[:column]
        column = max(before.rfind("["), before.rfind("{"))
        if column < 0:
            line -= 1
            column = len(failure.text(line))
    diagnostic = YAML_BRACKET.at(
        None,
        summary="Bracket is not closed",
        detail='The "{bracket}" here is not closed.',
        hint="Close it, or quote the value if the bracket belongs to a text.",
        bracket=failure.char(line, column),
    )
    return Mistake(diagnostic, max(line, 0), column, 1)


def _find_variable(failure: ParseFailure) -> Mistake | None:
    text = failure.text(failure.line)
    for match in re.finditer(r"[^\s,\[\]{}'\"]*\$\{[^{}]*\}[^\s,\[\]{}'\"]*", text):
        start, end = match.span()
        if start <= failure.column <= end:
            repaired, inserted = quote_range(failure, failure.line, start, end)
            diagnostic = YAML_UNQUOTED.at(
                None,
                summary="Variable between brackets needs quotes",
                detail="Between brackets, YAML reads the braces of a variable as a mapping.",
                hint='Quote it: "{variable}".',
                variable=match.group(),
            )
            return Mistake(diagnostic, failure.line, start, end - start, repaired, inserted, is_fix=True)
    return None
