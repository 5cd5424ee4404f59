"""Plans the changes that make the cloud match the files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, Bundle, FunctionSpec, Observed, Project, Resource
from scfdeploy.model.resource_kind import ALIAS, CONCURRENCY, FUNCTION, LAYER, TRIGGER, ResourceKind
from scfdeploy.plan.change import Action, Change, Plan, Refusal
from scfdeploy.plan.edges import Edge, EdgeReason, in_order, instance_edges, reference_edges
from scfdeploy.plan.fragment import PlanFragment, merge
from scfdeploy.plan.interrupted_replace import interrupted_first
from scfdeploy.plan.policy import Policy
from scfdeploy.plan.reach import DESTROY, Reach, reach_of_plan
from scfdeploy.plan.resolve import ReferenceResolver, in_dependency_order
from scfdeploy.plan.resources.async_invocation import plan_async, plan_async_of_new
from scfdeploy.plan.resources.function import plan_function
from scfdeploy.plan.resources.layer import plan_layer, plan_layer_removal, plan_old_versions
from scfdeploy.plan.resources.namespace import plan_namespaces
from scfdeploy.plan.resources.release import plan_release
from scfdeploy.plan.resources.trigger import (
    ignored_triggers,
    ignores_triggers,
    plan_triggers,
    plan_triggers_of_new,
    trigger_edges,
)
from scfdeploy.plan.saved.digest import concerning, observed_digest
from scfdeploy.plan.sensitive import with_sensitive_fields
from scfdeploy.plan.targets import targeted

DELETED_WITH = "Its published versions, aliases and triggers go with it."


def make_plan(
    project: Project,
    bundles: Mapping[Address, Bundle],
    observed: Observed,
    policy: Policy,
    *,
    half_replaced: Collection[Address] = (),
    destroy_command: str = DESTROY,
) -> Plan:
    """What has to change so that the cloud matches the configuration.

    A function without a bundle keeps its code. What an earlier run left `half_replaced` comes first. A plan with
    `refused` entries can be shown, not applied. `destroy_command` is the command that destroys this project, as it is
    advised for what is out of reach. Raises ScfDeployError for a target or an instance that does not exist and for
    references in a circle.
    """
    reach = reach_of_plan(project, policy, command=destroy_command)
    require_named(project, observed, policy)
    layers = merge(
        _one(plan_layer(spec, bundles.get(spec.address), observed.resources.get(spec.address), policy))
        for spec in project.layers
    )
    known = ReferenceResolver(observed)
    known.record(layers.changes)
    functions = _plan_functions(project, bundles, observed=observed, known=known, policy=policy, reach=reach)
    unlisted = _plan_unlisted(project, observed, policy, functions.changes, reach=reach)
    own = [change for change in (*functions.changes, *unlisted.changes) if change.address.kind is FUNCTION]
    old = merge(plan_old_versions(change, observed, own, policy.keep, reach=reach) for change in layers.changes)
    instances = PlanFragment(edges=tuple(instance_edges(project)))
    whole = merge([plan_namespaces(project, observed), layers, functions, unlisted, old, instances])
    return assemble(project, observed, policy, interrupted_first(whole, half_replaced), reach=reach)


def assemble(
    project: Project, observed: Observed, policy: Policy, part: PlanFragment, *, reach: Reach, suggests: bool = True
) -> Plan:
    """The plan made of `part`, cut to the policy's targets and put in order; `suggests` is as in `targeted`."""
    across = PlanFragment(edges=(*trigger_edges(part.changes), *reference_edges(part.changes)))
    kept = targeted(merge([part, across]), policy.targets, known=_listed(project), suggests=suggests)
    changes = with_sensitive_fields(project, in_order(kept.changes, kept.edges))
    return Plan(project.key, changes, kept.rejected, kept.unmanaged, observed_digest(concerning(observed, reach)))


def _listed(project: Project) -> set[Address]:
    """The functions and layers that the files name."""
    return {spec.address for spec in project.functions} | {spec.address for spec in project.layers}


def triggers_by_function(observed: Observed) -> dict[Address, tuple[Resource, ...]]:
    """The observed triggers of each function, by name."""
    return _by_function(observed, TRIGGER)


def _by_function(observed: Observed, *kinds: ResourceKind) -> dict[Address, tuple[Resource, ...]]:
    found: dict[Address, list[Resource]] = {}
    for address, resource in sorted(observed.resources.items()):
        if address.kind in kinds:
            found.setdefault(address.of, []).append(resource)
    return {address: tuple(resources) for address, resources in found.items()}


def unlisted_in_reach(project: Project, observed: Observed, reach: Reach) -> Iterable[tuple[Resource, bool]]:
    """What carries the project's mark and no file names, each with whether this run may delete it: functions first."""
    listed = _listed(project)
    for resource in sorted(observed.unlisted, key=lambda found: found.address):
        if resource.address not in listed:
            yield resource, reach.covers_resource(resource)


def require_named(project: Project, observed: Observed, policy: Policy) -> None:
    """Raise ScfDeployError when an instance that --instance names is neither in the files nor owns anything."""
    known = {instance.name for instance in project.instances}
    key = project.key
    seen = (resource.owner for resource in (*observed.resources.values(), *observed.unlisted))
    known |= {owner.instance for owner in seen if owner and (owner.app, owner.stage) == (key.app, key.stage)}
    for name in policy.instances:
        if name not in known:
            raise ScfDeployError(
                f'--instance {name}: nothing of app "{key.app}", stage "{key.stage}" in {key.region} belongs to an '
                "instance of that name",
                hint=f"Check the name, --stage and --region. Instances seen there: {', '.join(sorted(known))}.",
            )


def _plan_functions(
    project: Project,
    bundles: Mapping[Address, Bundle],
    *,
    observed: Observed,
    known: ReferenceResolver,
    policy: Policy,
    reach: Reach,
) -> PlanFragment:
    """All functions, in the order of the files; what one takes from another is put in where that does not change."""
    triggers = triggers_by_function(observed)
    beside = _by_function(observed, ALIAS, CONCURRENCY)
    parts: dict[Address, PlanFragment] = {}
    for spec in in_dependency_order(project.functions):
        part = _plan_one(
            known.resolve(spec),
            bundles.get(spec.address),
            observed=observed,
            triggers=triggers.get(spec.address, ()),
            beside=beside.get(spec.address, ()),
            policy=policy,
            reach=reach,
        )
        known.record(part.changes)
        parts[spec.address] = part
    return merge(parts[spec.address] for spec in project.functions)


def _one(planned: Change | Refusal) -> PlanFragment:
    return PlanFragment(rejected=(planned,)) if isinstance(planned, Refusal) else PlanFragment((planned,))


def _plan_one(
    spec: FunctionSpec,
    bundle: Bundle | None,
    *,
    observed: Observed,
    triggers: tuple[Resource, ...],
    beside: tuple[Resource, ...],
    policy: Policy,
    reach: Reach,
) -> PlanFragment:
    resource = observed.resources.get(spec.address)
    planned = plan_function(spec, bundle, resource, triggers=triggers, policy=policy)
    if isinstance(planned, Refusal):
        return PlanFragment(rejected=(planned,))
    exists = {one.address: one for one in beside}
    namespace = Edge(spec.address, Address.of_namespace(spec.address.namespace), EdgeReason.NAMESPACE)
    release = plan_release(planned, spec, bundle, resource, exists=exists, policy=policy)
    own = merge([release, PlanFragment(edges=(namespace,))])
    if planned.action in (Action.CREATE, Action.REPLACE):
        own = merge([own, plan_async_of_new(spec)])
        return own if ignores_triggers(spec) else merge([own, plan_triggers_of_new(spec)])
    settings = observed.resources.get(spec.address.asynchronous())
    found = ignored_triggers(triggers) if ignores_triggers(spec) else plan_triggers(spec, triggers, policy, reach)
    return merge([own, plan_async(spec, settings), found])


def _plan_unlisted(
    project: Project, observed: Observed, policy: Policy, functions: Iterable[Change], *, reach: Reach
) -> PlanFragment:
    parts = []
    changes = list(functions)
    for resource, reachable in unlisted_in_reach(project, observed, reach):
        if not reachable:
            parts.append(PlanFragment(unmanaged=((resource.address, reach.why_unreachable(resource)),)))
        elif policy.prune:
            reason = "is owned by this project, no file lists it, and --prune is given"
            parts.append(removal(resource, reason, observed, changes, reach=reach))
            changes += parts[-1].changes
        else:
            words = "is owned by this project and no file lists it; --prune deletes it"
            parts.append(PlanFragment(unmanaged=((resource.address, words),)))
    return merge(parts)


def removal(
    resource: Resource, reason: str, observed: Observed, functions: Iterable[Change], *, reach: Reach
) -> PlanFragment:
    """The deletion of a function or a layer that no file names; `functions` are the changes of all functions."""
    if resource.address.kind is LAYER:
        own = [change for change in functions if change.address.kind is FUNCTION]
        layer, others = reach.within(resource)
        return merge([plan_layer_removal(layer, reason, observed, own), others])
    return PlanFragment((deletion(resource, reason),))


def deletion(resource: Resource, reason: str) -> Change:
    """The deletion of a function, with what goes with it."""
    return Change(resource.address, Action.DELETE, reason, owner=resource.owner, warnings=(DELETED_WITH,))
