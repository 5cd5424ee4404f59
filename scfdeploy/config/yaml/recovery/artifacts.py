"""What other tools leave in a file: marks of a merge conflict, tabs, placeholders of a template engine."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scfdeploy.config.yaml.recovery.mistake import Broken, Mistake

_CONFLICT = re.compile(r"(<{7}|\|{7}|={7}|>{7})(\s.*)?$")
_PLACEHOLDER = re.compile(r"<%.*?%>|\{%.*?%\}|\$?\{\{.*?\}\}")


def find_conflict(broken: Broken) -> Mistake | None:
    """Marks of a merge conflict: our side of the first is kept for reading on."""
    marks = [(line, text[0]) for line, text in enumerate(broken.lines) if _CONFLICT.match(text)]
    if not any(mark in "<>" for _, mark in marks):
        return None
    first = marks[0][0]
    last = next((line for line, mark in marks if mark == ">"), marks[-1][0])
    theirs = next((line for line, mark in marks if mark in "|=" and first < line < last), last)
    dropped = {first, *range(theirs, last + 1)}
    return Mistake(
        "yaml-merge-conflict",
        first,
        0,
        7,
        "Merge conflict left in the file",
        f"Lines {first + 1} to {last + 1} hold both sides of a merge that was not finished.",
        "Keep one side and remove the lines of <, = and > signs.",
        mended=dict.fromkeys(dropped, ""),
    )


def find_tab(broken: Broken) -> Mistake | None:
    """A tab where YAML counts blanks."""
    for line in (broken.line, broken.context_line):
        text = broken.text(line)
        margin = _margin(text)
        column = margin.find("\t")
        if column < 0 and line == broken.line and broken.char(line, broken.column) == "\t":
            column = broken.column
        if column < 0:
            continue
        mended, inserted = _without_tabs(broken.lines)
        others = sum(1 for other in broken.lines if "\t" in _margin(other))
        return Mistake(
            "yaml-tab",
            line,
            column,
            1,
            "Tab in the indentation",
            "YAML does not allow tabs for indentation."
            + (f" {others} lines of this file have them." if others > 1 else ""),
            "Put blanks in their place, two for each level.",
            mended,
            inserted,
            is_cure=True,
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
    mended: dict[int, str] = {}
    inserted: list[tuple[int, int]] = []
    for line, text in enumerate(lines):
        margin = _margin(text)
        if "\t" in margin and text.strip():
            mended[line] = margin.replace("\t", "  ") + text[len(margin) :]
            inserted += [(line, 2 * tab + 1) for tab in range(margin.count("\t"))]
    return mended, inserted


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def find_placeholder(broken: Broken) -> Mistake | None:
    """A placeholder that some other tool should have filled."""
    for line in dict.fromkeys((broken.line, broken.context_line, broken.line_before(broken.line))):
        found = _PLACEHOLDER.search(broken.text(line))
        if found is None:
            continue
        return Mistake(
            "yaml-placeholder",
            line,
            found.start(),
            len(found.group()),
            "Placeholder of another tool",
            f"{found.group()} means something to a template engine or a pipeline, not here.",
            "Fill the template first, or write ${env:NAME} and set that variable.",
        )
    return None
