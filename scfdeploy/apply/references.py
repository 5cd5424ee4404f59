"""Puts values that were unknown when the plan was made in their places, once they are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Ref, Value
from scfdeploy.plan import Change


def resolved(change: Change, known: Mapping[Ref, Value]) -> Change:
    """The change with every Ref in its settings replaced. Raises ScfDeployError for one that nobody has told."""
    settings = {name: _value(value, known) for name, value in change.settings.items()}
    return replace(change, settings=settings) if settings != change.settings else change


def _value(value: Value, known: Mapping[Ref, Value]) -> Value:
    match value:
        case Ref():
            if value not in known:
                raise ScfDeployError(
                    f"{value} is not known, though {value.address} was to tell it", hint="Run apply again."
                )
            return known[value]
        case Mapping():
            return {key: _value(item, known) for key, item in value.items()}
        case list() | tuple():
            return tuple(_value(item, known) for item in value)
    return value
