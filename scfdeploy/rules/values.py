"""Settings by type: what a rule asks for, or None when nothing of that type is written.

A value of another type is the reader's finding, not a rule's; one that is known only later cannot be checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scfdeploy.model import FunctionSpec, Ref, Secret, TriggerSpec, Value

_NOTHING: Mapping[str, Value] = {}


def integer(settings: Mapping[str, Value], name: str) -> int | None:
    """A whole number."""
    value = settings.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def text(settings: Mapping[str, Value], name: str) -> str | None:
    """A text."""
    value = settings.get(name)
    return value if isinstance(value, str) else None


def flag(settings: Mapping[str, Value], name: str) -> bool | None:
    """True or false."""
    value = settings.get(name)
    return value if isinstance(value, bool) else None


def block(settings: Mapping[str, Value], name: str) -> Mapping[str, Value]:
    """A mapping; an empty one when there is none."""
    value = settings.get(name)
    return value if isinstance(value, Mapping) else _NOTHING


def blocks(settings: Mapping[str, Value], name: str) -> Iterator[tuple[int, Mapping[str, Value]]]:
    """The mappings of a list, each with its index."""
    value = settings.get(name)
    if isinstance(value, Sequence) and not isinstance(value, str):
        for index, entry in enumerate(value):
            if isinstance(entry, Mapping):
                yield index, entry


def texts(settings: Mapping[str, Value], name: str) -> Iterator[tuple[int, str]]:
    """The texts of a list, each with its index."""
    value = settings.get(name)
    if isinstance(value, Sequence) and not isinstance(value, str):
        for index, entry in enumerate(value):
            if isinstance(entry, str):
                yield index, entry


def variables(function: FunctionSpec) -> Iterator[tuple[str, str]]:
    """Environment variables whose values are known. The text may be a secret: never put it into a finding."""
    for key, value in block(block_of(function, "environment"), "variables").items():
        if isinstance(value, Secret):
            yield key, value.reveal()
        elif isinstance(value, str):
            yield key, value


def block_of(function: FunctionSpec, name: str) -> Mapping[str, Value]:
    """A mapping among the function's settings; an empty one when there is none."""
    return block(function.settings, name)


def counted(number: int, thing: str) -> str:
    """`1 byte`, `2 bytes`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def written(function: FunctionSpec, *path: str | int) -> bool:
    """Whether the file says it: a value that was only assumed is nobody's mistake."""
    return path in function.spans


def unread(part: FunctionSpec | TriggerSpec, *path: str) -> bool:
    """Whether the file says it and the value is not known: the reader has told why, or it is known only later."""
    value: Value = part.settings
    for depth, name in enumerate(path, start=1):
        value = value.get(name) if isinstance(value, Mapping) else None
        if value is None:
            return path[:depth] in part.spans
    return isinstance(value, Ref)


def triggers_of(function: FunctionSpec, kind: str) -> Iterator[TriggerSpec]:
    """The function's triggers of one type."""
    return (trigger for trigger in function.triggers if trigger.type == kind)
