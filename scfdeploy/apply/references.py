"""Resolves references whose values are known only after other changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Ref, Value
from scfdeploy.plan import Change, FieldChange, references, with_references


def resolve_references(change: Change, known: Mapping[Ref, Value]) -> Change:
    """The change with every Ref that its settings take replaced. Raises ScfDeployError for one that nobody has told.

    A Ref to the resource itself, as in the version that it will have, stays: that is what the change is to tell.
    """
    if not any(references(change.settings)):
        return change
    tell = partial(_known, known)
    settings = {name: with_references(value, tell) for name, value in change.settings.items()}
    fields = tuple(replace(field, after=_after(field, change, tell)) for field in change.fields)
    return replace(change, settings=settings, fields=fields)


def _after(field: FieldChange, change: Change, tell: Callable[[Ref], Value]) -> Value:
    own = any(reference.address == change.address for reference in references(field.after))
    return field.after if own else with_references(field.after, tell)


def _known(known: Mapping[Ref, Value], reference: Ref) -> Value:
    if reference not in known:
        raise ScfDeployError(
            f"{reference} is not known, though {reference.address} was to tell it", hint="Run apply again."
        )
    return known[reference]
