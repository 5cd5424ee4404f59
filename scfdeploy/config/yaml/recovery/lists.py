"""Find items of lists in the wrong column or without a dash, and keys that lost the indentation of their item."""

from __future__ import annotations

import re

from scfdeploy.config.yaml.recovery.indent import YAML_INDENTATION
from scfdeploy.config.yaml.recovery.mistake import Mistake, ParseFailure, block_below, indent_of, shift, value_end

_KEY = re.compile(r"(?P<dash>(?:- +)?)(?P<key>[A-Za-z_][\w.-]*)\s*:(?P<value>\s+[^\s#].*)?(?:\s|$)")


def find_item(failure: ParseFailure) -> Mistake | None:
    """A line of a list with only one possible place."""
    text = failure.text(failure.line)
    column = indent_of(text)
    if not text.strip() or column != failure.column:
        return None
    is_item = text[column:].startswith("- ")
    if "expected '-' indicator" in failure.problem:
        if is_item:
            return _shifted_item(failure, failure.context_column - column)
        return _line_of_item(failure) if column - failure.context_column in (0, 1) else None
    return _misplaced_item(failure) if is_item and "expected key" in failure.problem else None


def _misplaced_item(failure: ParseFailure) -> Mistake | None:
    """An item of a list where the parser is reading a mapping."""
    column = failure.column
    mistake = _list_outside(failure)
    if mistake is None and column == failure.context_column:
        return _item_too_deep(failure) or _keys_of_item(failure)
    beside = (by for by in (1, -1) if _item_above(failure, failure.line, column + by) is not None)
    return mistake or next((_shifted_item(failure, by) for by in beside), None)


def _shifted_item(failure: ParseFailure, by: int) -> Mistake | None:
    """An item that starts by a column or two beside the others of its list."""
    if not 0 < abs(by) <= 2:
        return None
    line, column = failure.line, indent_of(failure.text(failure.line))
    below = list(block_below(failure, line, max(column, column + by)))
    inner = next((indent_of(failure.text(number)) for number in below if failure.has_content(number)), None)
    match = _KEY.match(failure.text(line)[column:])
    has_value = match is None or match["value"] is not None
    is_aligned = inner is not None and has_value and inner == column + 2
    moves_all = is_aligned or (inner is not None and inner <= column + by + 2)
    return _mistake(failure, line, [line, *(below if moves_all else [])], by)


def _line_of_item(failure: ParseFailure) -> Mistake | None:
    """A key in the column of the dashes, or one further: one of the item above, or an item of its own."""
    line, column, dashes = failure.line, failure.column, failure.context_column
    match = _KEY.match(failure.text(line)[column:])
    first = _item_above(failure, line, dashes)
    if match is None or first is None:
        is_text = first is not None and column == dashes and failure.text(line)[column] in "'\""
        return _without_dash(failure) if is_text else None
    keys = _keys(failure, first, line, dashes)
    function = _function_keys()
    is_of_function = match["key"] in function and not function & set(keys)
    if not keys or is_of_function or (column > dashes and match["key"] in keys):
        return None
    if match["key"] in keys or _are_triggers(keys[0], match["key"]):
        return _without_dash(failure)
    return _mistake(failure, line, [line, *block_below(failure, line, column)], dashes + 2 - column)


def _without_dash(failure: ParseFailure) -> Mistake:
    """An item that lacks its dash."""
    line, column = failure.line, failure.column
    text = failure.text(line)
    diagnostic = YAML_INDENTATION.at(
        None,
        summary="List item without a dash",
        detail="The items of this list, from line {first_line} on, begin with a dash in this column.",
        hint="Begin the line with a dash.",
        first_line=failure.context_line + 1,
    )
    length = max(value_end(text, column) - column, 1)
    repaired = {line: f"{text[:column]}- {text[column:]}"}
    return Mistake(diagnostic, line, column, length, repaired, [(line, column), (line, column + 1)], is_fix=True)


def _keys_of_item(failure: ParseFailure) -> Mistake | None:
    """Keys between two items, in the column of the dashes: they belong to the item above."""
    column = failure.column
    first = _item_above(failure, failure.line, column)
    if first is None:
        return None
    own = _keys(failure, first, failure.line, column)
    between = [line for line in range(first + 1, failure.line) if failure.has_content(line)]
    start = next((line for line in between if indent_of(failure.text(line)) == column), None)
    if start is None:
        return None
    matches = [_KEY.match(failure.text(line)[column:]) for line in between if indent_of(failure.text(line)) == column]
    names = [match["key"] for match in matches if match is not None]
    if len(names) < len(matches) or set(names) & {*own, *_function_keys()}:
        return None
    return _mistake(failure, start, list(range(start, failure.line)), 2)


def _list_outside(failure: ParseFailure) -> Mistake | None:
    """A list that starts further left than the empty key above it: its items belong below that key."""
    column, above = failure.column, failure.line_before(failure.line)
    text = failure.text(above)
    owner = indent_of(text)
    match = _KEY.match(text[owner:])
    is_empty = match is not None and not match["dash"] and text[: value_end(text, 0)].endswith(":")
    if not is_empty or owner <= column:
        return None
    lines = [failure.line]
    for number in range(failure.line + 1, len(failure.lines)):
        depth = indent_of(failure.text(number))
        is_item = depth == column and failure.text(number)[column:].startswith("- ")
        if failure.has_content(number) and depth <= owner and not is_item:
            break
        lines.append(number)
    while not failure.has_content(lines[-1]):
        lines.pop()
    return _mistake(failure, failure.line, lines, owner - column)


def _item_too_deep(failure: ParseFailure) -> Mistake | None:
    """An item in the column of the keys of the item above, or two columns left of the items of its list."""
    column, start = failure.column, failure.text(failure.context_line)
    if not start[indent_of(start) :].startswith("- ") or indent_of(start) != column - 2:
        return None
    above = failure.text(failure.line_before(failure.line))
    if indent_of(above) != column + 2 or not above.lstrip().startswith("- "):
        return _shifted_item(failure, -2)
    # Two lists are as near: the one with items of this form is meant.
    form, inner, outer = (_KEY.match(text.lstrip()) is not None for text in (failure.text(failure.line), above, start))
    if inner == outer:
        return None
    return _shifted_item(failure, 2 if form == inner else -2)


def _mistake(failure: ParseFailure, line: int, lines: list[int], by: int) -> Mistake:
    """The mistake of `line`, whose repair moves lines by some columns."""
    text = failure.text(line)
    column = indent_of(text)
    diagnostic = YAML_INDENTATION.at(
        None,
        detail="This line starts in column {column}; the key of the item that it belongs to, in column {columns}."
        if not text[column:].startswith("- ")
        else "This item starts in column {column}; its list, in column {columns}.",
        hint="Start it in column {columns}.",
        column=column + 1,
        columns=column + by + 1,
    )
    return shift(failure, diagnostic, line, lines, by)


def _item_above(failure: ParseFailure, line: int, column: int) -> int | None:
    """The nearest line above that begins with a dash in this column, if all lines between are at least as deep."""
    while (line := failure.line_before(line)) >= 0:
        text = failure.text(line)
        if indent_of(text) < column:
            return None
        if indent_of(text) == column and text[column:].startswith("- "):
            return line
    return None


def _keys(failure: ParseFailure, first: int, last: int, column: int) -> list[str]:
    """The keys of the item that begins in the line `first`."""
    head = _KEY.match(failure.text(first)[column:])
    inner = column + len(head["dash"]) if head is not None else column + 2
    lines = [line for line in range(first + 1, last) if indent_of(failure.text(line)) == inner]
    matches = [head, *(_KEY.match(failure.text(line)[inner:]) for line in lines)]
    return [match["key"] for match in matches if match is not None]


def _are_triggers(first: str, second: str) -> bool:
    """Whether both keys are types of triggers, each of which is an item of its own."""
    from scfdeploy.triggers import TRIGGER_TYPES

    types = {"apigw", *(kind.type for kind in TRIGGER_TYPES)}
    return first in types and second in types


def _function_keys() -> set[str]:
    from scfdeploy.model import FUNCTION_FIELDS

    return {field.name for field in FUNCTION_FIELDS} - {"name"}
