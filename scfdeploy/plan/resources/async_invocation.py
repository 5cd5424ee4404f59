"""What happens to a function's settings for asynchronous calls, where the file has any."""

from __future__ import annotations

from scfdeploy.model import FunctionSpec, Resource
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Action, Change
from scfdeploy.plan.diff.fields import additions, differences
from scfdeploy.plan.diff.normalise import async_fields, normal_settings


def plan_async_of_new(spec: FunctionSpec) -> tuple[Change, ...]:
    """The settings of a function that is made now."""
    fields = async_fields()
    settings = normal_settings(fields, spec.settings)
    if not settings:
        return ()
    address = spec.address.asynchronous()
    reason = "goes with its function"
    return (Change(address, Action.CREATE, reason, additions(fields, settings), settings, spec.owner, (spec.address,)),)


def plan_async(spec: FunctionSpec, resource: Resource | None) -> tuple[Change, ...]:
    """The settings of a function that exists; what the file leaves out keeps its value."""
    fields = async_fields()
    settings = normal_settings(fields, spec.settings)
    if not settings:
        return ()
    if resource is None:
        changed, kept = additions(fields, settings), settings
    else:
        observed = normal_settings(fields, resource.settings)
        changed, kept = differences(fields, settings, observed), observed | settings
    return (
        Change(
            spec.address.asynchronous(),
            Action.UPDATE if changed else Action.NO_OP,
            reasons.differing(changed) or reasons.SAME,
            changed,
            kept,
            spec.owner,
            (spec.address,),
        ),
    )
