"""Find a key that starts one column beside its block, where only one block can have it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scfdeploy.config.yaml.recovery.indent import YAML_INDENTATION
from scfdeploy.config.yaml.recovery.mistake import Mistake, ParseFailure, block_below, indent_of, shift
from scfdeploy.model import Field, Kind
from scfdeploy.records import NamedTuple

_KEY = re.compile(r"\s*(?P<dash>(?:- +)?)(?P<key>[A-Za-z_][\w.-]*)\s*:(?:\s|$)")
_TOP_LEVEL = frozenset(("component", "name", "app", "stage", "org", "inputs"))
_OF_SOURCE = frozenset(("src", "exclude", "include", "bucket", "object", "hook", "dist", "build"))


class _Open(NamedTuple):
    """A block that a line can belong to: its column, and its last key."""

    column: int
    key: str


def find_key_column(failure: ParseFailure) -> Mistake | None:
    """A key one column beside the only block that can have it."""
    text = failure.text(failure.line)
    column = indent_of(text)
    match = _KEY.match(text)
    if "expected key" not in failure.problem or column != failure.column or match is None or match["dash"]:
        return None
    blocks = _open_blocks(failure)
    near = [block for block in blocks if abs(block.column - column) == 1]
    target = _only_one(near, blocks, match["key"])
    if target is None:
        return None
    below = list(block_below(failure, failure.line, column))
    inner = next((indent_of(failure.text(line)) for line in below if failure.text(line).strip()), None)
    lines = [failure.line, *(below if inner is not None and inner <= target.column else [])]
    diagnostic = YAML_INDENTATION.at(
        None,
        detail="This line starts in column {column}; the block that it belongs to, in column {columns}.",
        hint="Start it in column {columns}.",
        column=column + 1,
        columns=target.column + 1,
    )
    return shift(failure, diagnostic, failure.line, lines, target.column - column)


def _open_blocks(failure: ParseFailure) -> list[_Open]:
    """The blocks that are open above the line, the innermost first."""
    blocks: list[_Open] = []
    line = failure.line
    while (line := failure.line_before(line)) >= 0:
        text = failure.text(line)
        match = _KEY.match(text)
        if match is not None and (not blocks or match.start("key") < blocks[-1].column):
            blocks.append(_Open(match.start("key"), match["key"]))
        if indent_of(text) == 0:
            break
    return blocks


def _only_one(near: Sequence[_Open], blocks: Sequence[_Open], key: str) -> _Open | None:
    """The block that can have the key, if the others cannot."""
    answers = [(block, _accepts([other.key for other in blocks if other.column < block.column], key)) for block in near]
    possible = [block for block, accepts in answers if accepts is not False]
    return possible[0] if len(possible) == 1 else None


def _accepts(path: Sequence[str], key: str) -> bool | None:
    """Whether a block below these keys, the innermost first, can have a key; None if that is not known."""
    from scfdeploy.model import FUNCTION_FIELDS

    is_of_function = any(field.name == key for field in FUNCTION_FIELDS)
    if not path:
        return key in _TOP_LEVEL or (False if is_of_function else None)
    if path[-1] != "inputs":
        return None
    # Other components have more keys below `inputs`.
    return _accepts_below(FUNCTION_FIELDS, path[:-1], key) if len(path) > 1 else is_of_function or None


def _accepts_below(fields: Sequence[Field], path: Sequence[str], key: str) -> bool | None:
    """The same for a path that begins in a block with these fields."""
    if not path:
        return any(field.name == key for field in fields)
    field = next((field for field in fields if field.name == path[-1]), None)
    rest = path[:-1]
    if field is None:
        return None
    if field.kind is Kind.TRIGGERS:
        return _accepts_in_trigger(rest, key)
    if field.kind is Kind.SOURCE:
        return None if rest else key in _OF_SOURCE
    return _accepts_below(field.fields, rest, key) if field.fields else None


def _accepts_in_trigger(path: Sequence[str], key: str) -> bool | None:
    """The same for a path below `events`."""
    from scfdeploy.triggers import TRIGGER_TYPES

    kind = next((kind for kind in TRIGGER_TYPES if path and kind.type == path[-1]), None)
    if kind is None:
        return None
    if len(path) == 1:
        return key in ("name", "parameters")
    return _accepts_below(kind.fields, path[:-2], key) if path[-2] == "parameters" else None
