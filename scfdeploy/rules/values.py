"""Typed access to settings: the value of a key, or None when it is absent or has another type.

The reader reports values of a wrong type. Values that are known only after apply cannot be checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.facts import Runtime, runtime
from scfdeploy.model import FunctionSpec, Ref, Secret, TriggerSpec, Value

_NOTHING: Mapping[str, Value] = {}
_ASYNCHRONOUS = ("timer", "cos", "cmq", "cls", "mps")
_LANGUAGES = ("Python", "Nodejs", "Php", "Java", "Go")


def integer(settings: Mapping[str, Value], name: str) -> int | None:
    """An integer."""
    value = settings.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def text(settings: Mapping[str, Value], name: str) -> str | None:
    """A string."""
    value = settings.get(name)
    return value if isinstance(value, str) else None


def flag(settings: Mapping[str, Value], name: str) -> bool | None:
    """A boolean."""
    value = settings.get(name)
    return value if isinstance(value, bool) else None


def block(settings: Mapping[str, Value], name: str) -> Mapping[str, Value]:
    """A mapping, or an empty one."""
    value = settings.get(name)
    # Most are dictionaries, which this finds out much faster.
    return value if isinstance(value, (dict, Mapping)) else _NOTHING


def blocks(settings: Mapping[str, Value], name: str) -> Iterator[tuple[int, Mapping[str, Value]]]:
    """The mappings of a list, each with its index."""
    return ((index, entry) for index, entry in _entries(settings, name) if isinstance(entry, Mapping))


def texts(settings: Mapping[str, Value], name: str) -> Iterator[tuple[int, str]]:
    """The strings of a list, each with its index."""
    return ((index, entry) for index, entry in _entries(settings, name) if isinstance(entry, str))


def _entries(settings: Mapping[str, Value], name: str) -> Iterator[tuple[int, Value]]:
    value = settings.get(name)
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from enumerate(value)


def variables(function: FunctionSpec) -> Iterator[tuple[str, str]]:
    """Environment variables with known values. Values can be secrets: never put them into a finding."""
    for key, value in block(block_of(function, "environment"), "variables").items():
        if isinstance(value, Secret):
            yield key, value.reveal()
        elif isinstance(value, str):
            yield key, value


def block_of(function: FunctionSpec, name: str) -> Mapping[str, Value]:
    """A mapping in the function's settings, or an empty one."""
    return block(function.settings, name)


def byte_count(number: int) -> str:
    """`1 byte`, `2 bytes`."""
    return message("{number} byte" if number == 1 else "{number} bytes", number=number)


def character_count(number: int) -> str:
    """`1 character`, `2 characters`."""
    return message("{number} character" if number == 1 else "{number} characters", number=number)


def written(function: FunctionSpec, *path: str | int) -> bool:
    """Whether the file sets the value, so that it is not a default."""
    return path in function.spans


def unread(spec: FunctionSpec | TriggerSpec, *path: str) -> bool:
    """Whether the file sets the value, but it is invalid or known only after apply."""
    value: Value = spec.settings
    for depth, name in enumerate(path, start=1):
        value = value.get(name) if isinstance(value, Mapping) else None
        if value is None:
            return path[:depth] in spec.spans
    return isinstance(value, Ref)


def triggers_of(function: FunctionSpec, kind: str) -> Iterator[TriggerSpec]:
    """The function's triggers of one type."""
    return (trigger for trigger in function.triggers if trigger.type == kind)


def enabled_triggers(function: FunctionSpec, kind: str) -> Iterator[TriggerSpec]:
    """The function's triggers of one type that are not switched off."""
    return (trigger for trigger in triggers_of(function, kind) if flag(trigger.settings, "enable") is not False)


def asynchronous_triggers(function: FunctionSpec) -> Iterator[TriggerSpec]:
    """The enabled triggers whose events the platform keeps, and tries again after failures, grouped by type."""
    return (trigger for kind in _ASYNCHRONOUS for trigger in enabled_triggers(function, kind))


def runtime_of(function: FunctionSpec) -> Runtime | None:
    """The function's runtime; None when it is not set or unknown."""
    name = text(function.settings, "runtime")
    return runtime(name) if name is not None else None


def language_of(function: FunctionSpec) -> str:
    """python, nodejs, php, java, go or custom, also for unknown versions; empty for an unknown runtime."""
    known = runtime_of(function)
    if known is not None:
        return known.language
    name = text(function.settings, "runtime") or ""
    return next((word.lower() for word in _LANGUAGES if re.fullmatch(rf"{word}\d+(\.\d+)?", name)), "")
