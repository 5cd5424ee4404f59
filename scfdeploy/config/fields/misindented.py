"""Repair keys that are beside the empty mapping they belong to, because their indentation is missing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from scfdeploy.config.fields.keys import equal_ignoring_case
from scfdeploy.config.fields.reading import Reading
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, SequenceNode, is_null
from scfdeploy.config.yaml.nodes import is_blank
from scfdeploy.diagnostics import Edit, Finding, Severity, Span, inserted
from scfdeploy.diagnostics.page import yaml
from scfdeploy.model import Field, Kind
from scfdeploy.records import replace

NOT_INDENTED = Finding(
    "not-indented",
    Severity.ERROR,
    "Not indented under its key",
    detail='"{key}" in line {line} is empty, but the keys beside it belong to it: {names}.',
    hint="Indent by two spaces more than `{key}:`.",
    title="Keys that are not indented under the key they belong to.",
    what="A key is empty and its settings are written beside it, or a key in between is missing.",
    why="In this place the settings are ignored.",
    wrong=yaml("environment:\n  LANG: en"),
    right=yaml("environment:\n  variables:\n    LANG: en"),
)


_PARAMETERS = "parameters"


def with_misindented_keys(mapping: MappingNode, known: Mapping[str, Field], reading: Reading) -> Iterator[Entry]:
    """The entries, with unknown keys after an empty mapping moved into it when it accepts them."""
    if all(entry.key.text in known for entry in mapping.entries):  # as most are, and then nothing is moved
        yield from mapping.entries
        return
    pending = deque(mapping)
    while pending:
        entry = pending.popleft()
        field = known.get(entry.key.text)
        moved = _take_misindented(field, pending, known) if field is not None and is_null(entry.value) else []
        if not moved:
            yield entry if field is None else _with_item_keys(entry, field, pending, known, reading)
            continue
        _report(entry, moved, reading)
        first, last = moved[0], moved[-1]
        span = Span(first.key.span.file, first.key.span.start, max(last.key.span.end, last.value.span.end))
        yield Entry(entry.key, MappingNode(tuple(moved), span))


def _take_misindented(field: Field, pending: deque[Entry], known: Mapping[str, Field]) -> list[Entry]:
    """Remove the next entries that belong to an empty field, or to an empty one among them."""
    moved: list[Entry] = []
    open_fields = [field]
    while pending and not _is_known(pending[0].key.text, known):
        while open_fields and not _accepts(open_fields[-1], pending[0]):
            open_fields.pop()
        if not open_fields:
            break
        entry = pending.popleft()
        inner = next((inner for inner in open_fields[-1].fields if inner.name == entry.key.text), None)
        if inner is not None and is_null(entry.value):
            open_fields.append(inner)
        moved.append(entry)
    return moved


def with_parameters_in_events(mapping: MappingNode, reading: Reading) -> MappingNode:
    """The settings with `parameters` beside `events` moved into the last item of it, which is reported."""
    events, parameters = mapping.get("events"), mapping.get(_PARAMETERS)
    if events is None or parameters is None or list(mapping).index(events) + 1 != list(mapping).index(parameters):
        return mapping
    moved = _move_into_item(events, (parameters,), reading) if _lacks(events, _PARAMETERS) else None
    if moved is None:
        return mapping
    entries = (moved if entry is events else entry for entry in mapping if entry is not parameters)
    return MappingNode(tuple(entries), mapping.span)


def _with_item_keys(
    entry: Entry, field: Field, pending: deque[Entry], known: Mapping[str, Field], reading: Reading
) -> Entry:
    """The entry of a list, with the unknown keys after it that its last item lacks moved into that item."""
    names = {inner.name for inner in field.fields if _lacks(entry, inner.name)} - set(known)
    moved: list[Entry] = []
    while pending and pending[0].key.text in names:
        moved.append(pending.popleft())
        names.discard(moved[-1].key.text)
    return (_move_into_item(entry, moved, reading) if moved else None) or entry


def _lacks(entry: Entry, key: str) -> bool:
    """Whether the last item of a list is a mapping without this key."""
    last = entry.value.items[-1] if isinstance(entry.value, SequenceNode) and entry.value.items else None
    return isinstance(last, MappingNode) and bool(last.entries) and last.get(key) is None


def _move_into_item(entry: Entry, moved: Sequence[Entry], reading: Reading) -> Entry | None:
    """The entry of a list with more keys in its last item, which is reported."""
    from scfdeploy.config.yaml.recovery.indent import indented

    value = entry.value
    if not isinstance(value, SequenceNode) or not isinstance(value.items[-1], MappingNode):
        return None
    last = value.items[-1]
    by = last.entries[0].key.span.start.column - moved[0].key.span.start.column
    reading.diagnostics.report(
        NOT_INDENTED,
        moved[0].key.span,
        summary="Not indented under its item",
        detail="These keys belong to the item in line {line}: {names}.",
        hint="Start them in the column of `{key}` in that line.",
        fix=indented(moved, reading.lines, by),
        key=last.entries[0].key.text,
        line=last.span.start.line,
        names=", ".join(other.key.text for other in moved),
    )
    item = MappingNode((*last.entries, *moved), last.span)
    return Entry(entry.key, SequenceNode((*value.items[:-1], item), value.span))


def _is_known(key: str, known: Mapping[str, Field]) -> bool:
    return key in known or any(equal_ignoring_case(key, name) for name in known)


def with_missing_key(mapping: MappingNode, field: Field, reading: Reading) -> MappingNode:
    """Insert the missing key of a block such as `environment` whose names are directly in the block."""
    match field.fields:
        case (Field(kind=Kind.STRING_MAP) as inner,) if mapping.entries:
            pass
        case _:
            return mapping
    if mapping.get(inner.name) is not None or not all(_is_text(entry.value) for entry in mapping):
        return mapping
    names = ", ".join(entry.key.text for entry in mapping)
    key = mapping.entries[0].key
    reading.diagnostics.report(
        NOT_INDENTED,
        key.span,
        summary="Missing enclosing key",
        detail='These belong under "{inner}", within "{outer}": {names}.',
        hint="Write `{inner}:` above, and indent these lines by two more spaces.",
        fix=enclose(mapping.entries, inner.name, reading),
        names=names,
        inner=inner.name,
        outer=field.name,
    )
    return MappingNode((Entry(replace(key, text=inner.name), mapping),), mapping.span)


def _is_text(node: Node) -> bool:
    """Whether a value is a text, or a name between braces that stands for one."""
    match node:
        case MappingNode(entries=(Entry(value=value),)):
            return is_blank(value) and node.span.start.line == node.span.end.line
    return isinstance(node, ScalarNode)


def enclose(entries: Sequence[Entry], name: str, reading: Reading) -> tuple[Edit, ...]:
    """The fix that writes a key above adjacent entries and indents them; none if they share a line with others."""
    from scfdeploy.config.yaml.recovery.indent import indented

    moved = indented(entries, reading.lines)
    if not moved:
        return ()
    first = entries[0].key.span
    key = inserted(first.file, first.start.line, 1, f"{' ' * (first.start.column - 1)}{name}:\n  ")
    return (key, *(edit for edit in moved if edit.span.start.line != first.start.line))


def _accepts(field: Field, entry: Entry) -> bool:
    match field.kind:
        case Kind.STRING_MAP:
            return isinstance(entry.value, ScalarNode)
        case Kind.BLOCK:
            return any(inner.name == entry.key.text for inner in field.fields)
    return False


def _report(entry: Entry, moved: list[Entry], reading: Reading) -> None:
    from scfdeploy.config.yaml.recovery.indent import indented

    can_fix = is_blank(entry.value) and entry.key.span.start.column == moved[0].key.span.start.column
    reading.diagnostics.report(
        NOT_INDENTED,
        moved[0].key.span,
        fix=indented(moved, reading.lines) if can_fix else (),
        key=entry.key.text,
        line=entry.key.span.start.line,
        names=", ".join(other.key.text for other in moved),
    )
