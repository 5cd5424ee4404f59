"""Makes a plan that removes what the project owns, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.model import FunctionSpec, LayerSpec, Observed, Project, Resource
from scfdeploy.model.resource_kind import FUNCTION
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Change, Plan
from scfdeploy.plan.edges import instance_edges, reversed_edges
from scfdeploy.plan.fragment import PlanFragment, merge
from scfdeploy.plan.planner import assemble, deletion, removal, require_named, triggers_by_function, unlisted_in_reach
from scfdeploy.plan.policy import Policy, Standing, standing
from scfdeploy.plan.reach import DESTROY, Reach, reach_of_destroy
from scfdeploy.plan.resources.layer import plan_layer_removal
from scfdeploy.plan.resources.namespace import left_namespaces
from scfdeploy.plan.resources.trigger import plan_unbinding


def make_destroy_plan(project: Project, observed: Observed, policy: Policy, *, destroy_command: str = DESTROY) -> Plan:
    """Delete every function of the instances that were read, or of those that --instance names: also those that the
    files no longer name.

    Triggers and asynchronous settings vanish with their function and are no changes of their own; only triggers of the
    file that other products keep are unbound before it. Versions of layers go after the functions that use them. What
    carries no mark, another project's, or that of an instance whose file was not read is left alone and said so, and so
    are namespaces. `destroy_command` is as in `make_plan`.
    """  # noqa: D205
    reach = reach_of_destroy(project, policy, command=destroy_command)
    require_named(project, observed, policy)
    triggers = triggers_by_function(observed)
    listed = merge(
        _destroy(spec, resource, triggers.get(spec.address, ()), reach)
        for spec in project.functions
        if (resource := observed.resources.get(spec.address)) is not None
    )
    part = merge([listed, *_destroy_unlisted(project, observed, listed.changes, reach)])
    functions = [change for change in part.changes if change.address.kind is FUNCTION]
    layers = [
        _destroy_layer(spec, resource, observed, functions, reach=reach)
        for spec in project.layers
        if (resource := observed.resources.get(spec.address)) is not None
    ]
    instances = PlanFragment(edges=tuple(reversed_edges(instance_edges(project))))
    whole = merge([part, *layers, left_namespaces(project, observed), instances])
    return assemble(project, observed, policy, whole, reach=reach, suggests=False)


def _destroy(spec: FunctionSpec, resource: Resource, triggers: Sequence[Resource], reach: Reach) -> PlanFragment:
    why = _not_ours(spec, resource)
    if not why and not reach.covers(resource.owner):
        why = reach.why_unreachable(resource)
    if why:
        return PlanFragment(unmanaged=((resource.address, why),))
    unbinding = plan_unbinding(spec, triggers)
    outlast = {change.address for change in unbinding.changes} | {address for address, _ in unbinding.unmanaged}
    names = [trigger.address.name for trigger in triggers if trigger.address not in outlast]
    with_it = f"{reasons.listed(names)} {'goes' if len(names) == 1 else 'go'} with it" if names else ""
    gone = deletion(resource, reasons.joined("belongs to this project", with_it))
    return merge([unbinding, PlanFragment((gone,))])


def _destroy_layer(
    spec: LayerSpec, resource: Resource, observed: Observed, functions: Sequence[Change], *, reach: Reach
) -> PlanFragment:
    why = _not_ours(spec, resource)
    if why:
        return PlanFragment(unmanaged=((resource.address, why),))
    layer, others = reach.within(resource)
    return merge([plan_layer_removal(layer, "belongs to this project", observed, functions), others])


def _not_ours(spec: FunctionSpec | LayerSpec, resource: Resource) -> str:
    """Why what the file names is left alone, or nothing where it belongs to this project."""
    match standing(resource.owner, wanted=spec.owner):
        case Standing.UNMARKED:
            return "is not managed by this project"
        case Standing.FOREIGN:
            owner = resource.owner or spec.owner
            return f'belongs to app "{owner.app}", stage "{owner.stage}"'
    return ""


def _destroy_unlisted(
    project: Project, observed: Observed, listed: Sequence[Change], reach: Reach
) -> list[PlanFragment]:
    parts: list[PlanFragment] = []
    changes = list(listed)
    for resource, reachable in unlisted_in_reach(project, observed, reach):
        if not reachable:
            parts.append(PlanFragment(unmanaged=((resource.address, reach.why_unreachable(resource)),)))
            continue
        reason = "is owned by this project, and no file lists it"
        parts.append(removal(resource, reason, observed, changes, reach=reach))
        changes += parts[-1].changes
    return parts
