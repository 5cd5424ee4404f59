"""Fix a key that is written twice with the same value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scfdeploy.config.yaml.nodes import Entry, MappingNode, Node, ScalarNode, Style, is_blank
from scfdeploy.config.yaml.recovery.mistake import value_end
from scfdeploy.diagnostics import Edit, Position, Span, removed_line, reworded

_ONE_LINE = (Style.PLAIN, Style.QUOTED)


def is_beside_empty_inputs(key: ScalarNode, firsts: Mapping[str, Entry]) -> bool:
    """Whether a second `name` follows an empty `inputs`, to which it belongs: that is reported as one mistake."""
    inputs = firsts.get("inputs")
    return (
        key.text == "name"
        and inputs is not None
        and is_blank(inputs.value)
        and firsts[key.text].key.span.start < inputs.key.span.start < key.span.start
    )


def fix_duplicate(second: Entry, firsts: Mapping[str, Entry], lines: Sequence[str]) -> tuple[Edit, ...]:
    """The fix for a second entry with the same value: it is removed, or it becomes the missing `name` of the instance.

    `firsts` has the first entry of each key of the mapping; `lines` are those of the file. No edits if the entry is
    not alone on its line.
    """
    first = firsts[second.key.text]
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
    name = _instance_name(firsts)
    if name is None:
        return _remove(second, lines) if "name" in firsts else ()
    return (*reworded(span, "component", "name"), *reworded(value.span, value.text, name))


def _instance_name(firsts: Mapping[str, Entry]) -> str | None:
    """The name of the function, if the instance has no name of its own; None if it has, or if neither has one."""
    inputs, outer = firsts.get("inputs"), firsts.get("name")
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
