"""Plan the changes that make the cloud match the files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Address, Bundle, FunctionSpec, Observed, Project, Resource
from scfdeploy.model.resource_kind import ALIAS, CONCURRENCY, FUNCTION, LAYER, TRIGGER, ResourceKind
from scfdeploy.plan.change import Action, Change, Plan, Refusal
from scfdeploy.plan.edges import Edge, EdgeReason, PlanFragment, in_order, instance_edges, merge, reference_edges
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
from scfdeploy.plan.saved.digest import observed_digest, relevant
from scfdeploy.plan.sensitive import with_sensitive_fields
from scfdeploy.plan.targets import targeted

_RECREATING = (Action.CREATE, Action.REPLACE)


def make_plan(
    project: Project,
    bundles: Mapping[Address, Bundle],
    observed: Observed,
    policy: Policy,
    *,
    half_replaced: Collection[Address] = (),
    destroy_command: str = DESTROY,
) -> Plan:
    """Plan the changes that make the cloud match the configuration.

    A function without a bundle keeps its code. `half_replaced` resources, which an earlier run deleted and did not
    recreate, come first. A plan with `rejected` entries can be shown but not applied. `destroy_command` is the command
    that destroys this project, for advice on resources out of reach. Raises ScfDeployError for a target or an instance
    that does not exist, and for a dependency cycle.
    """
    reach = reach_of_plan(project, policy, command=destroy_command)
    require_instances(project, observed, policy)
    layers = merge(
        _fragment(plan_layer(spec, bundles.get(spec.address), observed.resources.get(spec.address), policy))
        for spec in project.layers
    )
    resolver = ReferenceResolver(observed)
    resolver.record(layers.changes)
    functions = _plan_functions(project, bundles, observed=observed, resolver=resolver, policy=policy, reach=reach)
    unlisted = _plan_unlisted(project, observed, policy, functions.changes, reach=reach)
    own = [change for change in (*functions.changes, *unlisted.changes) if change.address.kind is FUNCTION]
    old = merge(plan_old_versions(change, observed, own, policy.keep, reach=reach) for change in layers.changes)
    instances = PlanFragment(edges=tuple(instance_edges(project)))
    fragment = merge([plan_namespaces(project, observed), layers, functions, unlisted, old, instances])
    return assemble(project, observed, policy, _half_replaced_first(fragment, half_replaced), reach=reach)


def assemble(
    project: Project, observed: Observed, policy: Policy, fragment: PlanFragment, *, reach: Reach, suggests: bool = True
) -> Plan:
    """Make a plan of a fragment: limit it to the policy's targets, and sort it. `suggests` is as in `targeted`."""
    edges = (*trigger_edges(fragment.changes), *reference_edges(fragment.changes))
    linked = merge([fragment, PlanFragment(edges=edges)])
    selected = targeted(linked, policy.targets, known=_listed(project), suggests=suggests)
    changes = with_sensitive_fields(project, in_order(selected.changes, selected.edges))
    digest = observed_digest(relevant(observed, reach))
    return Plan(project.key, changes, selected.rejected, selected.unmanaged, digest)


def still_half_replaced(half_replaced: Collection[Address], plan: Plan, policy: Policy) -> frozenset[Address]:
    """The half replaced resources that `plan` recreates; each other one exists again or is not in the files any more.

    With targets, a plan does not decide on the others, so all remain.
    """
    if policy.targets:
        return frozenset(half_replaced)
    return frozenset(half_replaced) & {change.address for change in plan.changes if change.action in _RECREATING}


def triggers_by_function(observed: Observed) -> dict[Address, tuple[Resource, ...]]:
    """The observed triggers of each function, by name."""
    return _by_function(observed, TRIGGER)


def unlisted_in_reach(project: Project, observed: Observed, reach: Reach) -> Iterable[tuple[Resource, bool]]:
    """Owned resources that no file lists, functions first, each with whether this run is allowed to delete it."""
    listed = _listed(project)
    for resource in sorted(observed.unlisted, key=lambda resource: resource.address):
        if resource.address not in listed:
            yield resource, reach.covers_resource(resource)


def require_instances(project: Project, observed: Observed, policy: Policy) -> None:
    """Raise ScfDeployError when an instance named by --instance is not in the files and owns nothing."""
    key = project.key
    owners = (resource.owner for resource in (*observed.resources.values(), *observed.unlisted))
    known = {owner.instance for owner in owners if owner and (owner.app, owner.stage) == (key.app, key.stage)}
    known |= {instance.name for instance in project.instances}
    for name in policy.instances:
        if name not in known:
            raise ScfDeployError(
                message(
                    '--instance {name}: app "{app}", stage "{stage}" in {region} has no instance of that name',
                    name=name,
                    app=key.app,
                    stage=key.stage,
                    region=key.region,
                ),
                hint=message(
                    "Check the name, --stage and --region. Existing instances: {names}.",
                    names=", ".join(sorted(known)),
                ),
            )


def removal(
    resource: Resource, reason: str, observed: Observed, functions: Iterable[Change], *, reach: Reach
) -> PlanFragment:
    """The deletion of a function or a layer that no file lists; `functions` are the changes of all functions."""
    if resource.address.kind is LAYER:
        own = [change for change in functions if change.address.kind is FUNCTION]
        layer, others = reach.within(resource)
        return merge([plan_layer_removal(layer, reason, observed, own), others])
    return PlanFragment((deletion(resource, reason),))


def deletion(resource: Resource, reason: str) -> Change:
    """The deletion of a function."""
    warning = message("Its published versions, aliases and triggers are deleted with it.")
    return Change(resource.address, Action.DELETE, reason, owner=resource.owner, warnings=(warning,))


def _half_replaced_first(fragment: PlanFragment, half_replaced: Collection[Address]) -> PlanFragment:
    """The fragment with half replaced resources, and all that belongs to them, before other changes."""
    if not half_replaced:
        return fragment
    recreated = {change.address for change in fragment.changes if change.action in _RECREATING} & set(half_replaced)
    changes = sorted(fragment.changes, key=lambda change: not {change.address, change.address.of} & recreated)
    reason = message("an earlier replacement was interrupted: the old resource is deleted")
    # A replacement keeps its own reason.
    return replace(
        fragment,
        changes=tuple(
            replace(change, reason=reason) if change.address in recreated and change.action is Action.CREATE else change
            for change in changes
        ),
    )


def _listed(project: Project) -> set[Address]:
    """The functions and layers in the files."""
    return {spec.address for spec in project.functions} | {spec.address for spec in project.layers}


def _by_function(observed: Observed, *kinds: ResourceKind) -> dict[Address, tuple[Resource, ...]]:
    resources: dict[Address, list[Resource]] = {}
    for address, resource in sorted(observed.resources.items()):
        if address.kind in kinds:
            resources.setdefault(address.of, []).append(resource)
    return {function: tuple(own) for function, own in resources.items()}


def _plan_functions(
    project: Project,
    bundles: Mapping[Address, Bundle],
    *,
    observed: Observed,
    resolver: ReferenceResolver,
    policy: Policy,
    reach: Reach,
) -> PlanFragment:
    """Plan all functions, in the order of the files, with references to unchanged resources resolved."""
    triggers = triggers_by_function(observed)
    release = _by_function(observed, ALIAS, CONCURRENCY)
    fragments: dict[Address, PlanFragment] = {}
    for spec in in_dependency_order(project.functions):
        fragment = _plan_one(
            resolver.resolve(spec),
            bundles.get(spec.address),
            observed=observed,
            triggers=triggers.get(spec.address, ()),
            release={resource.address: resource for resource in release.get(spec.address, ())},
            policy=policy,
            reach=reach,
        )
        resolver.record(fragment.changes)
        fragments[spec.address] = fragment
    return merge(fragments[spec.address] for spec in project.functions)


def _fragment(planned: Change | Refusal) -> PlanFragment:
    return PlanFragment(rejected=(planned,)) if isinstance(planned, Refusal) else PlanFragment((planned,))


def _plan_one(
    spec: FunctionSpec,
    bundle: Bundle | None,
    *,
    observed: Observed,
    triggers: tuple[Resource, ...],
    release: Mapping[Address, Resource],
    policy: Policy,
    reach: Reach,
) -> PlanFragment:
    resource = observed.resources.get(spec.address)
    planned = plan_function(spec, bundle, resource, triggers=triggers, policy=policy)
    if isinstance(planned, Refusal):
        return PlanFragment(rejected=(planned,))
    namespace = Edge(spec.address, Address.of_namespace(spec.address.namespace), EdgeReason.NAMESPACE)
    own = merge(
        [
            plan_release(planned, spec, bundle, resource, observed=release, policy=policy),
            PlanFragment(edges=(namespace,)),
        ]
    )
    if planned.action in _RECREATING:
        own = merge([own, plan_async_of_new(spec)])
        return own if ignores_triggers(spec) else merge([own, plan_triggers_of_new(spec)])
    async_settings = plan_async(spec, observed.resources.get(spec.address.asynchronous()))
    if ignores_triggers(spec):
        return merge([own, async_settings, ignored_triggers(triggers)])
    return merge([own, async_settings, plan_triggers(spec, triggers, policy, reach)])


def _plan_unlisted(
    project: Project, observed: Observed, policy: Policy, functions: Iterable[Change], *, reach: Reach
) -> PlanFragment:
    fragments = []
    changes = list(functions)
    for resource, reachable in unlisted_in_reach(project, observed, reach):
        if reachable and policy.prune:
            reason = message("is owned by this project, no file lists it, and --prune is given")
            fragments.append(removal(resource, reason, observed, changes, reach=reach))
            changes += fragments[-1].changes
            continue
        note = (
            message("is owned by this project and no file lists it; --prune deletes it")
            if reachable
            else reach.why_unreachable(resource.address, resource.owner)
        )
        fragments.append(PlanFragment(unmanaged=((resource.address, note),)))
    return merge(fragments)
