"""Keys that stand beside the mapping they belong into, which is then empty: the blanks before them are missing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace

from scfdeploy.config.fields.reading import Reading
from scfdeploy.config.yaml import Entry, MappingNode, ScalarNode
from scfdeploy.config.yaml.nodes import is_blank, is_null
from scfdeploy.config.yaml.recovery.indent import indented
from scfdeploy.diagnostics import Edit, Span, inserted
from scfdeploy.model import Field, Kind


def with_misindented_keys(mapping: MappingNode, known: Mapping[str, Field], reading: Reading) -> Iterator[Entry]:
    """The entries as they were meant: unknown keys right after an empty mapping that takes them stand in it."""
    waiting = deque(mapping)
    while waiting:
        entry = waiting.popleft()
        field = known.get(entry.key.text)
        strays: list[Entry] = []
        if field is not None and is_null(entry.value):
            while waiting and waiting[0].key.text not in known and _takes(field, waiting[0]):
                strays.append(waiting.popleft())
        if not strays:
            yield entry
            continue
        _report(entry, strays, reading)
        first, last = strays[0], strays[-1]
        span = Span(first.key.span.file, first.key.span.start, max(last.key.span.end, last.value.span.end))
        yield Entry(entry.key, MappingNode(tuple(strays), span))


def with_missing_key(mapping: MappingNode, field: Field, reading: Reading) -> MappingNode:
    """A block whose one key takes any names, such as `environment`, where the names stand in the block itself."""
    match field.fields:
        case (Field(kind=Kind.STRING_MAP) as inner,) if mapping.entries:
            pass
        case _:
            return mapping
    if mapping.get(inner.name) is not None or not all(isinstance(entry.value, ScalarNode) for entry in mapping):
        return mapping
    names = ", ".join(entry.key.text for entry in mapping)
    key = mapping.entries[0].key
    reading.diagnostics.error(
        "not-indented",
        key.span,
        "A key is missing around these",
        detail=f'{names} must stand below "{inner.name}", within "{field.name}".',
        hint=f"Write `{inner.name}:` above, and indent these lines by two blanks more.",
        fix=_wrapped(mapping, inner, reading),
    )
    return MappingNode((Entry(replace(key, text=inner.name), mapping),), mapping.span)


def _wrapped(mapping: MappingNode, inner: Field, reading: Reading) -> tuple[Edit, ...]:
    moved = indented(mapping.entries, reading.lines)
    if not moved:
        return ()
    first = mapping.entries[0].key.span
    key = inserted(first.file, first.start.line, 1, f"{' ' * (first.start.column - 1)}{inner.name}:\n  ")
    return (key, *(edit for edit in moved if edit.span.start.line != first.start.line))


def _takes(field: Field, entry: Entry) -> bool:
    match field.kind:
        case Kind.STRING_MAP:
            return isinstance(entry.value, ScalarNode)
        case Kind.BLOCK:
            return any(inner.name == entry.key.text for inner in field.fields)
    return False


def _report(entry: Entry, strays: list[Entry], reading: Reading) -> None:
    names = ", ".join(stray.key.text for stray in strays)
    is_blank_above = is_blank(entry.value) and entry.key.span.start.column == strays[0].key.span.start.column
    reading.diagnostics.error(
        "not-indented",
        strays[0].key.span,
        "Not indented under its key",
        detail=f'"{entry.key.text}" in line {entry.key.span.start.line} is empty, and {names} beside it '
        f"{'belongs' if len(strays) == 1 else 'belong'} below it.",
        hint=f"Indent by two blanks more than `{entry.key.text}:`.",
        fix=indented(strays, reading.lines) if is_blank_above else (),
    )
