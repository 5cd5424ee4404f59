"""Finds values that are known only after another change, and puts what they turn out to be in their places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from scfdeploy.model import Ref, Value


def references(value: Value) -> Iterator[Ref]:
    """Every Ref in a value, however deep."""
    match value:
        case Ref():
            yield value
        case Mapping():
            for item in value.values():
                yield from references(item)
        case list() | tuple():
            for item in value:
                yield from references(item)


def with_references(value: Value, told: Callable[[Ref], Value]) -> Value:
    """The value with what is told of each Ref in its place, however deep."""
    match value:
        case Ref():
            return told(value)
        case Mapping():
            return {key: with_references(item, told) for key, item in value.items()}
        case list() | tuple():
            return tuple(with_references(item, told) for item in value)
    return value
