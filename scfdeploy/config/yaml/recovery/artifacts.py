"""What other tools leave in a file: marks of a merge conflict, tabs, placeholders of a template engine."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scfdeploy.config.yaml.compose import YAML_PLACEHOLDER
from scfdeploy.config.yaml.recovery.mistake import Mistake, ParseFailure
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

_MORE_TABS = " {count} lines of this file have them."
_CONFLICT = re.compile(r"(<{7}|\|{7}|={7}|>{7})(\s.*)?$")
_PLACEHOLDER = re.compile(r"<%.*?%>|\{%.*?%\}|\$?\{\{.*?\}\}")


def find_conflict(failure: ParseFailure) -> Mistake | None:
    """Marks of a merge conflict: our side of the first is kept for reading on."""
    marks = [(line, text[0]) for line, text in enumerate(failure.lines) if _CONFLICT.match(text)]
    if not any(mark in "<>" for _, mark in marks):
        return None
    first = marks[0][0]
    last = next((line for line, mark in marks if mark == ">"), marks[-1][0])
    theirs = next((line for line, mark in marks if mark in "|=" and first < line < last), last)
    dropped = {first, *range(theirs, last + 1)}
    return Mistake(
        YAML_MERGE_CONFLICT.at(None, first=first + 1, last=last + 1),
        first,
        0,
        7,
        repaired=dict.fromkeys(dropped, ""),
    )


def find_tab(failure: ParseFailure) -> Mistake | None:
    """A tab where YAML counts blanks."""
    for line in (failure.line, failure.context_line):
        text = failure.text(line)
        margin = _margin(text)
        column = margin.find("\t")
        if column < 0 and line == failure.line and failure.char(line, failure.column) == "\t":
            column = failure.column
        if column < 0:
            continue
        repaired, inserted = _without_tabs(failure.lines)
        others = sum(1 for other in failure.lines if "\t" in _margin(other))
        return Mistake(
            YAML_TAB.at(None, detail=YAML_TAB.detail + _MORE_TABS if others > 1 else None, count=others),
            line,
            column,
            1,
            repaired,
            inserted,
            is_fix=True,
        )
    return None


def _without_tabs(lines: Sequence[str]) -> tuple[dict[int, str], list[tuple[int, int]]]:
    """The lines with two blanks for each tab, where nothing else says how wide a tab was meant to be."""
    margins = [re.match(r"(\t*)( *)", line) for line in lines]
    written = [(line, found) for line, found in enumerate(margins) if found and _says_something(lines[line])]
    if any((found[2] and not found[1]) or "\t" in _margin(lines[line])[found.end() :] for line, found in written):
        return {}, []
    if any(re.search(r"[|>][-+0-9]*\s*(#.*)?$", line) for line in lines):
        return {}, []  # a tab in a text of several lines may belong to the text
    repaired: dict[int, str] = {}
    inserted: list[tuple[int, int]] = []
    for line, text in enumerate(lines):
        margin = _margin(text)
        if "\t" in margin and text.strip():
            repaired[line] = margin.replace("\t", "  ") + text[len(margin) :]
            inserted += [(line, 2 * tab + 1) for tab in range(margin.count("\t"))]
    return repaired, inserted


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def find_placeholder(failure: ParseFailure) -> Mistake | None:
    """A placeholder that some other tool should have filled."""
    for line in dict.fromkeys((failure.line, failure.context_line, failure.line_before(failure.line))):
        found = _PLACEHOLDER.search(failure.text(line))
        if found is None:
            continue
        return Mistake(
            YAML_PLACEHOLDER.at(None, placeholder=found.group()),
            line,
            found.start(),
            len(found.group()),
        )
    return None
