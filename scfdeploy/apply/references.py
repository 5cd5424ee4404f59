"""Puts values that were unknown when the plan was made in their places, once they are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Ref, Value
from scfdeploy.plan import Change, FieldChange, references


def resolved(change: Change, known: Mapping[Ref, Value]) -> Change:
    """The change with every Ref that its settings take replaced. Raises ScfDeployError for one that nobody has told.

    A Ref to the resource itself, as in the version that it will have, stays: that is what the change is to tell.
    """
    if not any(references(change.settings)):
        return change
    settings = {name: _value(value, known) for name, value in change.settings.items()}
    fields = tuple(replace(field, after=_told(field, change, known)) for field in change.fields)
    return replace(change, settings=settings, fields=fields)


def _told(field: FieldChange, change: Change, known: Mapping[Ref, Value]) -> Value:
    own = any(reference.address == change.address for reference in references(field.after))
    return field.after if own else _value(field.after, known)


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
