"""Plan the settings of a function for asynchronous calls."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.model import FunctionSpec, Resource, Value
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Action, Change, FieldChange
from scfdeploy.plan.diff.differences import additions, differences
from scfdeploy.plan.diff.normalise import async_fields, normal_settings
from scfdeploy.plan.edges import Edge, EdgeReason, PlanFragment


def plan_async_of_new(spec: FunctionSpec) -> PlanFragment:
    """Create the settings of a function that is created or replaced."""
    fields = async_fields()
    settings = normal_settings(fields, spec.settings)
    if not settings:
        return PlanFragment()
    return _fragment(spec, Action.CREATE, reasons.with_function(), additions(fields, settings), settings)


def plan_async(spec: FunctionSpec, resource: Resource | None) -> PlanFragment:
    """Update the settings of a function that exists; settings that are not written keep their values."""
    fields = async_fields()
    settings = normal_settings(fields, spec.settings)
    if not settings:
        return PlanFragment()
    if resource is None:
        changed, result = additions(fields, settings), settings
    else:
        observed = normal_settings(fields, resource.settings)
        changed, result = differences(fields, settings, observed), observed | settings
    action = Action.UPDATE if changed else Action.NO_OP
    return _fragment(spec, action, reasons.differing(changed) or reasons.same(), changed, result)


def _fragment(
    spec: FunctionSpec, action: Action, reason: str, fields: tuple[FieldChange, ...], settings: Mapping[str, Value]
) -> PlanFragment:
    address = spec.address.asynchronous()
    change = Change(address, action, reason, fields, settings, spec.owner)
    return PlanFragment((change,), edges=(Edge(address, spec.address, EdgeReason.PARENT),))
