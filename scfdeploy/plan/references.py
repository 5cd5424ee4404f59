"""Finds values that are known only after another change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
