"""Recognise wrong indentation in YAML, and shift blocks."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.config.yaml.nodes import Entry
from scfdeploy.config.yaml.recovery.mistake import Broken, Mistake, indent_of, value_end
from scfdeploy.diagnostics import Edit, inserted


def find_indentation(broken: Broken) -> Mistake | None:
    """A line that belongs to no block by its column."""
    text = broken.text(broken.line)
    column = indent_of(text)
    if not text.strip() or column != broken.column:
        return None
    above = broken.line_before(broken.line)
    if "<document start>" in broken.problem:
        return _after_the_end(above) if broken.text(above).startswith("...") else _further_left(broken)
    if "block collection" not in broken.context and "block mapping" not in broken.context:
        return None
    expected = broken.context_column
    if text[column:].startswith("- ") and "block mapping" in broken.context:
        first = _first_of_list(broken)
        if first is not None and not broken.text(first).lstrip().startswith("- "):
            return _no_first_dash(broken, first)
        expected = expected if first is None else indent_of(broken.text(first))
    elif column == expected:
        return _at(
            broken,
            broken.line,
            "Stands among the items of a list without a dash",
            f"The items of this list, from line {broken.context_line + 1} on, begin with a dash in this very column.",
            "Begin the line with a dash, or start it further left or right.",
        )
    columns = sorted({expected + 1, indent_of(broken.text(above)) + 1})
    return _at(
        broken,
        broken.line,
        "Indentation fits nothing above",
        f"This line starts in column {column + 1}, but lines that it could belong to start in column "
        f"{' or '.join(map(str, columns))}.",
        "Start it in the same column as the lines it belongs to.",
    )


def _first_of_list(broken: Broken) -> int | None:
    """The item that stands before the broken line, or else the first line below the key that should have items."""
    first, line = broken.line, broken.line_before(broken.line)
    while line >= 0 and indent_of(broken.text(line)) >= broken.column:
        if broken.text(line).lstrip().startswith("- "):
            return line
        first, line = line, broken.line_before(line)
    text = broken.text(line)
    if text.lstrip().startswith("- "):
        return line
    return first if first != broken.line and text[: value_end(text, 0)].endswith(":") else None


def _no_first_dash(broken: Broken, first: int) -> Mistake:
    return _at(
        broken,
        first,
        "First item of a list without a dash",
        f"Line {broken.line + 1} begins with a dash, as an item of a list does; this line comes first and does not.",
        f"Begin this line with a dash in column {broken.column + 1}.",
    )


def _further_left(broken: Broken) -> Mistake:
    return _at(
        broken,
        broken.line,
        "Starts further left than the first line",
        "The first key says in which column all keys of this level start.",
        "Start all of them in the same column.",
    )


def _after_the_end(line: int) -> Mistake:
    return Mistake(
        "yaml-documents",
        line,
        0,
        3,
        "Text after the end of the document",
        "A line of three dots ends a document; nothing can follow it.",
        "Remove the line.",
    )


def _at(broken: Broken, line: int, summary: str, detail: str, hint: str) -> Mistake:
    text = broken.text(line)
    column = indent_of(text)
    length = max(value_end(text, column) - column, 1)
    return Mistake("yaml-indentation", line, column, length, summary, detail, hint)


def indented(entries: Sequence[Entry], lines: Sequence[str], by: int = 2) -> tuple[Edit, ...]:
    """The fix that puts these neighbours, with the comments between them, further right; none where they share lines.

    `lines` are those of the file.
    """
    columns = {entry.key.span.start.column for entry in entries}
    starts = {entry.key.span.start.line for entry in entries}
    last = max(max(entry.key.span.end.line, entry.value.span.end.line) for entry in entries)
    if len(columns) != 1 or len(starts) != len(entries) or last > len(lines) or by < 1:
        return ()
    margin = columns.pop() - 1
    if any(lines[line - 1][:margin].strip() for line in starts):
        return ()  # something else stands before it: a dash, a bracket
    file = entries[0].key.span.file
    return tuple(inserted(file, line, 1, " " * by) for line in range(min(starts), last + 1) if lines[line - 1].strip())
