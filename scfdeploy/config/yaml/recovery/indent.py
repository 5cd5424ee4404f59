"""Find wrong indentation, and indent blocks."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.config.yaml.compose import YAML_DOCUMENTS
from scfdeploy.config.yaml.nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode
from scfdeploy.config.yaml.recovery.mistake import Mistake, ParseFailure, indent_of, value_end
from scfdeploy.diagnostics import (
    Diagnostic,
    Edit,
    Finding,
    Position,
    Severity,
    Span,
    inserted,
    removed_line,
    written_at,
)
from scfdeploy.diagnostics.page import yaml

YAML_INDENTATION = Finding(
    "yaml-indentation",
    Severity.ERROR,
    "Indentation matches no line above",
    detail="This line starts in column {column}, but lines that it could belong to start in column {columns}.",
    hint="Start it in the same column as the lines it belongs to.",
    title="A line in the wrong column.",
    what="The line matches neither the block above it nor any enclosing block.",
    why="Indentation says what belongs to what.",
    wrong=yaml("inputs:\n  src: ./src\n   runtime: Python3.10"),
    right=yaml("inputs:\n  src: ./src\n  runtime: Python3.10"),
)


def find_indentation(failure: ParseFailure) -> Mistake | None:
    """A line whose column matches no block."""
    text = failure.text(failure.line)
    column = indent_of(text)
    if not text.strip() or column != failure.column:
        return None
    above = failure.line_before(failure.line)
    if "<document start>" in failure.problem:
        return _before_first_key(failure, above)
    if "block collection" not in failure.context and "block mapping" not in failure.context:
        return None
    expected = failure.context_column
    if text[column:].startswith("- ") and "block mapping" in failure.context:
        first = _first_item(failure)
        if first is not None and not failure.text(first).lstrip().startswith("- "):
            return _at(
                failure,
                first,
                YAML_INDENTATION.at(
                    None,
                    summary="First list item without a dash",
                    detail="Line {line} begins with a dash, as list items do, but this line before it does not.",
                    hint="Begin this line with a dash in column {column}.",
                    line=failure.line + 1,
                    column=failure.column + 1,
                ),
            )
        expected = expected if first is None else indent_of(failure.text(first))
    elif column == expected:
        return _at(
            failure,
            failure.line,
            YAML_INDENTATION.at(
                None,
                summary="List item without a dash",
                detail="The items of this list, from line {first_line} on, begin with a dash in this column.",
                hint="Begin the line with a dash, or change its indentation.",
                first_line=failure.context_line + 1,
            ),
        )
    columns = sorted({expected + 1, indent_of(failure.text(above)) + 1})
    return _at(
        failure,
        failure.line,
        YAML_INDENTATION.at(None, column=column + 1, columns=" or ".join(map(str, columns))),
    )


def _before_first_key(failure: ParseFailure, above: int) -> Mistake:
    """A line at the top level that is not part of the document."""
    if failure.text(above).startswith("..."):
        diagnostic = YAML_DOCUMENTS.at(
            None,
            summary="Text after the end of the document",
            detail="A line of three dots ends a document; nothing can follow it.",
            hint="Remove the line.",
        )
        return Mistake(diagnostic, above, 0, 3)
    diagnostic = YAML_INDENTATION.at(
        None,
        summary="Starts further left than the first line",
        detail="All keys of this level must start in the column of the first key.",
        hint="Start all of them in the same column.",
    )
    return _at(failure, failure.line, diagnostic)


def _first_item(failure: ParseFailure) -> int | None:
    """The list item before the failure, or else the first line below the key whose value should be a list."""
    first, line = failure.line, failure.line_before(failure.line)
    while line >= 0 and indent_of(failure.text(line)) >= failure.column:
        if failure.text(line).lstrip().startswith("- "):
            return line
        first, line = line, failure.line_before(line)
    text = failure.text(line)
    if text.lstrip().startswith("- "):
        return line
    return first if first != failure.line and text[: value_end(text, 0)].endswith(":") else None


def _at(failure: ParseFailure, line: int, diagnostic: Diagnostic) -> Mistake:
    text = failure.text(line)
    column = indent_of(text)
    length = max(value_end(text, column) - column, 1)
    return Mistake(diagnostic, line, column, length)


def indented(entries: Sequence[Entry], lines: Sequence[str], by: int = 2) -> tuple[Edit, ...]:
    """The fix that indents adjacent entries and the comments between them; none if they share a line with others.

    `lines` are those of the file.
    """
    columns = {entry.key.span.start.column for entry in entries}
    starts = {entry.key.span.start.line for entry in entries}
    last = max(max(entry.key.span.end.line, entry.value.span.end.line) for entry in entries)
    if len(columns) != 1 or len(starts) != len(entries) or last > len(lines) or by < 1:
        return ()
    margin = columns.pop() - 1
    if any(lines[line - 1][:margin].strip() for line in starts):
        return ()  # a dash or a bracket precedes it
    file = entries[0].key.span.file
    return tuple(inserted(file, line, 1, " " * by) for line in range(min(starts), last + 1) if lines[line - 1].strip())


def outdented(wrapper: Entry, entries: Sequence[Entry], lines: Sequence[str]) -> tuple[Edit, ...]:
    """The fix that removes a key and moves what is below it to its column; none if they share a line with others.

    A comment behind the key stays. `lines` are those of the file.
    """
    key = wrapper.key.span
    first, last = key.start.line, max(max(entry.key.span.end.line, entry.value.span.end.line) for entry in entries)
    column, inner = key.start.column, entries[0].key.span.start.column
    starts = {entry.key.span.start.line for entry in entries}
    if last > len(lines) or first in starts or first == 1 or inner <= column:
        return ()
    are_apart = all(entry.key.span.start.column == inner for entry in entries) and len(starts) == len(entries)
    if not are_apart or any(lines[line - 1][: inner - 1].strip() for line in starts):
        return ()
    before, rest = lines[first - 1][: column - 1], lines[first - 1][key.end.column - 1 :].lstrip(" \t:")
    if before.strip() or (rest and not rest.startswith("#")):
        return ()
    if rest:
        span = Span(key.file, key.start, Position(first, len(lines[first - 1]) - len(rest) + 1))
        edits = [Edit(span, "", lines[first - 1][column - 1 : len(lines[first - 1]) - len(rest)])]
    else:
        edits = [removed_line(key.file, first, lines)]
    for line in range(first + 1, last + 1):
        width = min(inner - column, max(indent_of(lines[line - 1]) - column + 1, 0))
        if width and lines[line - 1].strip():
            edits.append(Edit(Span(key.file, Position(line, 1), Position(line, width + 1)), "", " " * width))
    return tuple(edits)


def itemized(groups: Sequence[Sequence[Entry]], lines: Sequence[str]) -> tuple[Edit, ...]:
    """The fix that makes an item of a list of each group of adjacent entries; none if they share a line with others."""
    edits: list[Edit] = []
    for entries in groups:
        moved = indented(entries, lines)
        if not moved:
            return ()
        start = entries[0].key.span.start
        edits.append(inserted(entries[0].key.span.file, start.line, start.column, "- "))
        edits += [edit for edit in moved if edit.span.start.line != start.line]
    return tuple(edits)


def without_dashes(node: SequenceNode, lines: Sequence[str], *, beyond: int) -> tuple[Edit, ...]:
    """The fix that makes a mapping of a list with one `NAME: value`, or one pair of `key` and `value`, in each item.

    `beyond` is the column of the key of the list. No edits if an item has anything else, or if a name is there twice.
    """
    edits: list[Edit] = []
    names: set[str] = set()
    for item in node.items:
        pair = _pair(item)
        edit = None if pair is None else _line_of_pair(*pair, item.span, lines, beyond=beyond)
        if pair is None or edit is None or pair[0].text in names:
            return ()
        names.add(pair[0].text)
        edits.append(edit)
    return tuple(edits)


def _pair(item: Node) -> tuple[ScalarNode, Node] | None:
    """The name and the value of an item."""
    match item:
        case MappingNode(entries=(Entry(key=name, value=value),)) if value.span.start.line == name.span.start.line:
            return name, value
        case MappingNode(entries=entries) if {entry.key.text.lower() for entry in entries} == {"key", "value"}:
            values = {entry.key.text.lower(): entry.value for entry in entries}
            match values["key"], values["value"]:
                case ScalarNode() as name, ScalarNode() as value:
                    return name, value
    return None


def _line_of_pair(name: ScalarNode, value: Node, item: Span, lines: Sequence[str], *, beyond: int) -> Edit | None:
    """The edit that writes an item as `NAME: value`; None if it is between brackets or has a comment."""
    last = max(item.end.line, name.span.end.line, value.span.end.line)
    start = item.start
    if last > len(lines) or any(part.span.start.line != part.span.end.line for part in (name, value)):
        return None
    before = lines[start.line - 1][: start.column - 1]
    written = "\n".join(lines[start.line - 1 : last])
    if before.strip() != "-" or "#" in written[len(before) :] or "${" in name.text:
        return None
    texts = [written_at(part.span, lines) for part in (name, value)]
    margin = len(before) - len(before.lstrip())
    span = Span(item.file, Position(start.line, margin + 1), Position(last, len(lines[last - 1]) + 1))
    pad = "" if margin >= beyond else "  "
    return Edit(span, f"{pad}{texts[0]}: {texts[1]}".rstrip(), written[margin:])
