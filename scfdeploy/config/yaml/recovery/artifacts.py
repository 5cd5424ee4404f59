"""Find what other tools leave in a file: merge conflict markers, tabs and unfilled placeholders."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scfdeploy.config.yaml.compose import YAML_PLACEHOLDER
from scfdeploy.config.yaml.recovery.mistake import Mistake, ParseFailure, indent_of
from scfdeploy.diagnostics import Finding, Severity

YAML_MERGE_CONFLICT = Finding(
    "yaml-merge-conflict",
    Severity.ERROR,
    "Unresolved merge conflict",
    detail="Lines {first} to {last} contain both sides of an unfinished merge.",
    hint="Keep one side and remove the lines of <, = and > signs.",
    title="An unresolved merge conflict.",
    what="The file contains both sides of a merge that was not finished.",
    why="Only you can say which side is right.",
    wrong="Lines of `<<<<<<<`, `=======` and `>>>>>>>`.",
    right="One side, without those lines.",
)
YAML_TAB = Finding(
    "yaml-tab",
    Severity.ERROR,
    "Tab in the indentation",
    detail="YAML does not allow tabs for indentation.",
    hint="Use spaces instead, two for each level.",
    title="A tab in the indentation.",
    what="A line begins with a tab, or has one among the spaces before its text.",
    why="YAML does not allow it, because a tab has no fixed width. The rest of the file is read as if it were "
    "corrected, so that its other mistakes are reported in the same run.",
    wrong="`inputs:` and below it a line that begins with a tab.",
    right="Two spaces for each level.",
)

_CONFLICT = re.compile(r"(<{7}|\|{7}|={7}|>{7})(\s.*)?$")
_BLOCK_SCALAR = re.compile(r"[|>][-+0-9]*\s*(#.*)?$")
_PLACEHOLDER = re.compile(r"<%(?:(?!<%).)*?%>|\{%(?:(?!\{%).)*?%\}|\$?\{\{(?:(?!\{\{).)*?\}\}")


def find_conflict(failure: ParseFailure) -> Mistake | None:
    """Merge conflict markers. The repair keeps our side of the first conflict."""
    markers = [(line, text[0]) for line, text in enumerate(failure.lines) if _CONFLICT.match(text)]
    if not any(marker in "<>" for _, marker in markers):
        return None
    first = markers[0][0]
    last = next((line for line, marker in markers if marker == ">"), markers[-1][0])
    theirs = next((line for line, marker in markers if marker in "|=" and first < line < last), last)
    removed = {first, *range(theirs, last + 1)}
    diagnostic = YAML_MERGE_CONFLICT.at(None, first=first + 1, last=last + 1)
    return Mistake(diagnostic, first, 0, 7, repaired=dict.fromkeys(removed, ""))


def lines_without_content(failure: ParseFailure) -> set[int]:
    """The lines that only a tab in front of white space or a comment makes invalid, if the parser stopped at one.

    Of lines in multi-line texts, to which such a tab can belong, only those where the parser stopped.
    """
    stopped = {line for line in (failure.line, failure.context_line) if _is_tab_only(failure.text(line))}
    if not stopped:
        return stopped
    margin: int | None = None  # of the key whose multi-line text is being passed
    for line, text in enumerate(failure.lines):
        if margin is not None and text.strip() and indent_of(text) <= margin:
            margin = None
        if margin is None and _is_tab_only(text):
            stopped.add(line)
        elif margin is None and _BLOCK_SCALAR.search(text):
            margin = indent_of(text)
    return stopped


def _is_tab_only(text: str) -> bool:
    return "\t" in _margin(text) and (not text.strip() or text.lstrip().startswith("#"))


def find_tab(failure: ParseFailure) -> Mistake | None:
    """A tab in the indentation."""
    for line in (failure.line, failure.context_line):
        text = failure.text(line)
        column = _margin(text).find("\t")
        if column < 0 and line == failure.line and failure.char(line, failure.column) == "\t":
            column = failure.column
        if column < 0:
            continue
        repaired, inserted = _without_tabs(failure.lines)
        count = sum(1 for other in failure.lines if "\t" in _margin(other))
        diagnostic = YAML_TAB.at(
            None,
            detail="YAML does not allow tabs for indentation. {count} lines of this file have them."
            if count > 1
            else None,
            count=count,
        )
        return Mistake(diagnostic, line, column, 1, repaired, inserted, is_fix=True)
    return None


def _without_tabs(lines: Sequence[str]) -> tuple[dict[int, str], list[tuple[int, int]]]:
    """The lines with two spaces for each tab, unless other lines are indented by spaces: then the width is unknown."""
    for text in lines:
        is_content = bool(text.strip()) and not text.lstrip().startswith("#")
        if is_content and re.match(r" |\t+ +\t", text):
            return {}, []
        if _BLOCK_SCALAR.search(text):
            return {}, []  # a tab in a block of text can belong to the text
    repaired: dict[int, str] = {}
    inserted: list[tuple[int, int]] = []
    for line, text in enumerate(lines):
        margin = _margin(text)
        if "\t" in margin and text.strip():
            repaired[line] = margin.replace("\t", "  ") + text[len(margin) :]
            inserted += [(line, 2 * tab + 1) for tab in range(margin.count("\t"))]
    return repaired, inserted


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def find_placeholder(failure: ParseFailure) -> Mistake | None:
    """A placeholder that another tool should have filled."""
    for line in dict.fromkeys((failure.line, failure.context_line, failure.line_before(failure.line))):
        match = _PLACEHOLDER.search(failure.text(line))
        if match is not None:
            diagnostic = YAML_PLACEHOLDER.at(None, placeholder=match.group())
            return Mistake(diagnostic, line, match.start(), len(match.group()))
    return None
