"""Fix a key that is written twice with the same value."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.config.yaml.nodes import Entry, MappingNode, Node, ScalarNode, Style, is_blank
from scfdeploy.config.yaml.recovery.mistake import value_end
from scfdeploy.diagnostics import Edit, Position, Span, removed_line, reworded

_ONE_LINE = (Style.PLAIN, Style.QUOTED)


def is_beside_empty_inputs(key: ScalarNode, first: ScalarNode, siblings: Sequence[Entry]) -> bool:
    """Whether a second `name` follows an empty `inputs`, to which it belongs: that is reported as one mistake."""
    inputs = _find("inputs", siblings)
    return (
        key.text == "name"
        and inputs is not None
        and is_blank(inputs.value)
        and first.span.start < inputs.key.span.start < key.span.start
    )


def fix_duplicate(second: Entry, first: Entry, siblings: Sequence[Entry], lines: Sequence[str]) -> tuple[Edit, ...]:
    """The fix for a second entry with the same value: it is removed, or it becomes the missing `name` of the instance.

    `siblings` are all entries of the mapping, repeated keys included; `lines` are those of the file. None if the
    entries are not alone on their lines.
    """
    value, span = second.value, second.key.span
    if not isinstance(value, ScalarNode) or not isinstance(first.value, ScalarNode):
        return ()
    line = lines[span.start.line - 1] if span.start.line <= len(lines) else ""
    is_alone = not line[: span.start.column - 1].strip() and value.span.end.line == span.start.line
    is_same = value.text == first.value.text and value.style in _ONE_LINE and value.text != ""
    if not is_alone or not is_same or value_end(line, 0) != value.span.end.column - 1:
        return ()
    if second.key.text != "component":
        return _remove(second, lines)
    name = _instance_name(siblings)
    if name is None:
        return _remove(second, lines) if _find("name", siblings) is not None else ()
    return (*reworded(span, "component", "name"), *reworded(value.span, value.text, name))


def _find(key: str, entries: Sequence[Entry]) -> Entry | None:
    return next((entry for entry in entries if entry.key.text == key), None)


def _instance_name(siblings: Sequence[Entry]) -> str | None:
    """The name of the function, if the instance has no name of its own; None if it has, or if neither has one."""
    inputs, outer = _find("inputs", siblings), _find("name", siblings)
    name: Node | None = None
    if outer is not None:
        is_stray = inputs is not None and is_blank(inputs.value) and inputs.key.span.start < outer.key.span.start
        name = outer.value if is_stray else None
    elif inputs is not None and isinstance(inputs.value, MappingNode):
        inner = inputs.value.get("name")
        name = None if inner is None else inner.value
    is_text = isinstance(name, ScalarNode) and name.style in _ONE_LINE and "${" not in name.text
    return name.text if isinstance(name, ScalarNode) and is_text and name.text.isprintable() else None


def _remove(entry: Entry, lines: Sequence[str]) -> tuple[Edit, ...]:
    """The fix that removes the line of an entry, or leaves the comment of that line."""
    file, start = entry.key.span.file, entry.key.span.start
    line = lines[start.line - 1]
    comment = line.find("#", value_end(line, 0))
    if comment < 0:
        return (removed_line(file, start.line, lines),)
    return (Edit(Span(file, start, Position(start.line, comment + 1)), "", line[start.column - 1 : comment]),)
