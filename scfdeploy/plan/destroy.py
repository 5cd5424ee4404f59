"""Plan the deletion of the resources that the project owns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.model import Address, DomainSpec, FunctionSpec, LayerSpec, Observed, Project, Resource, domains_of
from scfdeploy.model.resource_kind import FUNCTION, TRIGGER
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Change, Plan, changes_of
from scfdeploy.plan.edges import PlanFragment, instance_edges, merge, reversed_edges
from scfdeploy.plan.planner import (
    assemble,
    parts_by_function,
    removal,
    require_instances,
    unlisted_in_reach,
)
from scfdeploy.plan.policy import Ownership, Policy, ownership
from scfdeploy.plan.reach import DESTROY, Reach, reach_of_destroy
from scfdeploy.plan.resources.function import deletion
from scfdeploy.plan.resources.table import PLANNERS
from scfdeploy.plan.resources.trigger import plan_unbinding


def make_destroy_plan(project: Project, observed: Observed, policy: Policy, *, destroy_command: str = DESTROY) -> Plan:
    """Plan the deletion of what the instances own that were read, or that --instance names.

    That includes functions that the files no longer list. Triggers and asynchronous settings are deleted with their
    function, without changes of their own; only triggers of the file that other products store are deleted before it.
    Layer versions are deleted after the functions that use them. Resources that are not owned, or owned by another
    project or by an instance whose file was not read, are listed as unmanaged, and so are namespaces.
    `destroy_command` is as in `make_plan`.
    """
    reach = reach_of_destroy(project, policy, command=destroy_command)
    require_instances(project, observed, policy)
    parts = parts_by_function(observed)
    listed = merge(
        _destroy(spec, resource, parts.get(spec.address, {}), reach)
        for spec in project.functions
        if (resource := observed.resources.get(spec.address)) is not None
    )
    resources = merge([listed, *_destroy_unlisted(project, observed, listed.changes, reach)])
    functions = changes_of(FUNCTION, resources.changes)
    specs: list[LayerSpec | DomainSpec] = [*domains_of(project), *project.layers]
    beside = [
        _destroy_beside(spec, resource, observed, functions, reach=reach)
        for spec in specs
        if (resource := observed.resources.get(spec.address)) is not None
    ]
    remaining = [planner.keep_beside(project, observed) for planner in PLANNERS.values() if planner.keep_beside]
    instances = PlanFragment(edges=tuple(reversed_edges(instance_edges(project))))
    fragment = merge([resources, *beside, *remaining, instances])
    return assemble(project, observed, policy, fragment, reach=reach, suggests=False)


def _destroy(spec: FunctionSpec, resource: Resource, parts: Mapping[Address, Resource], reach: Reach) -> PlanFragment:
    note = _why_not_owned(spec, resource)
    if not note and not reach.covers(resource.owner):
        note = reach.why_unreachable(resource.address, resource.owner)
    if note:
        return PlanFragment(unmanaged=((resource.address, note),))
    triggers = [resource for address, resource in parts.items() if address.kind is TRIGGER]
    unbinding = plan_unbinding(spec, triggers)
    stored_elsewhere = {change.address for change in unbinding.changes}
    stored_elsewhere |= {address for address, _ in unbinding.unmanaged}
    names = [trigger.address.name for trigger in triggers if trigger.address not in stored_elsewhere]
    with_it = ""
    if names:
        with_it = (
            message("{names} is deleted with it", names=names[0])
            if len(names) == 1
            else message("{names} are deleted with it", names=reasons.listed(names))
        )
    change = deletion(resource, reasons.joined(message("belongs to this project"), with_it))
    return merge([unbinding, PlanFragment((change,))])


def _destroy_beside(
    spec: LayerSpec | DomainSpec, resource: Resource, observed: Observed, functions: Sequence[Change], *, reach: Reach
) -> PlanFragment:
    note = _why_not_owned(spec, resource)
    # The reach decides on each version of a layer.
    if not note and not resource.address.kind.has_owned_versions and not reach.covers(resource.owner):
        note = reach.why_unreachable(resource.address, resource.owner)
    if note:
        return PlanFragment(unmanaged=((resource.address, note),))
    return removal(resource, message("belongs to this project"), observed, functions, reach=reach)


def _why_not_owned(spec: FunctionSpec | LayerSpec | DomainSpec, resource: Resource) -> str:
    """Why a resource in the file is not deleted; empty when this project owns it."""
    match ownership(resource.owner, desired=spec.owner):
        case Ownership.UNOWNED:
            return message("is not managed by this project")
        case Ownership.OTHER_PROJECT:
            owner = resource.owner or spec.owner
            return message('belongs to app "{app}", stage "{stage}"', app=owner.app, stage=owner.stage)
    return ""


def _destroy_unlisted(
    project: Project, observed: Observed, listed: Sequence[Change], reach: Reach
) -> list[PlanFragment]:
    fragments: list[PlanFragment] = []
    changes = list(listed)
    for resource, reachable in unlisted_in_reach(project, observed, reach):
        if not reachable:
            note = reach.why_unreachable(resource.address, resource.owner)
            fragments.append(PlanFragment(unmanaged=((resource.address, note),)))
            continue
        reason = message("is owned by this project, and no file lists it")
        fragments.append(removal(resource, reason, observed, changes, reach=reach))
        changes += fragments[-1].changes
    return fragments
