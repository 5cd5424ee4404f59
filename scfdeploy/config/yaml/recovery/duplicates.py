"""Fix a key that is written twice with the same value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scfdeploy.config.yaml.nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style, is_blank
from scfdeploy.config.yaml.recovery.mistake import value_end
from scfdeploy.diagnostics import Edit, Position, Span, removed_line, removed_lines, reworded

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
    if is_blank(value) != is_blank(first.value):
        if second.key.text == "src":
            return ()  # a block `src` whose own `src` is not indented
        return _remove_line(second if is_blank(value) else first, lines)
    if not isinstance(value, ScalarNode) or not isinstance(first.value, ScalarNode):
        return _remove_block(second, lines) if _is_same(first.value, value) else ()
    line = lines[span.start.line - 1] if span.start.line <= len(lines) else ""
    is_alone = not line[: span.start.column - 1].strip() and value.span.end.line == span.start.line
    is_same = value.text == first.value.text and value.style in _ONE_LINE and value.text != ""
    if not is_alone or not is_same or value_end(line, 0) != value.span.end.column - 1:
        return ()
    name = _instance_name(firsts) if second.key.text == "component" else None
    if name is None:
        return _remove(second, lines) if second.key.text != "component" or "name" in firsts else ()
    return (*reworded(span, "component", "name"), *reworded(value.span, value.text, name))


def _is_same(first: Node, second: Node) -> bool:
    """Whether two values are equal, wherever they are written."""
    match first, second:
        case ScalarNode(), ScalarNode():
            return (first.text, first.style) == (second.text, second.style)
        case SequenceNode(items=items), SequenceNode(items=others):
            return len(items) == len(others) and all(map(_is_same, items, others))
        case MappingNode(entries=entries), MappingNode(entries=others):
            return len(entries) == len(others) and all(
                one.key.text == other.key.text and _is_same(one.value, other.value)
                for one, other in zip(entries, others, strict=True)
            )
    return False


def _remove_line(entry: Entry, lines: Sequence[str]) -> tuple[Edit, ...]:
    """The fix that removes a key without a value; none if the line has anything else, or is the first one."""
    span = entry.key.span
    line = lines[span.start.line - 1] if 1 < span.start.line <= len(lines) else ""
    is_alone = not line[: span.start.column - 1].strip() and line[span.end.column - 1 :].strip() == ":"
    return (removed_line(span.file, span.start.line, lines),) if is_alone else ()


def _remove_block(entry: Entry, lines: Sequence[str]) -> tuple[Edit, ...]:
    """The fix that removes a key with all lines of its value; none unless they belong to it alone."""
    start, end = entry.key.span.start, entry.value.span.end
    if not 1 < start.line < end.line <= len(lines):
        return ()
    before, rest = lines[start.line - 1][: start.column - 1], lines[end.line - 1][end.column - 1 :]
    if before.strip() or rest.strip() or any("#" in line for line in lines[start.line - 1 : end.line]):
        return ()
    return (removed_lines(entry.key.span.file, start.line, end.line, lines),)


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
