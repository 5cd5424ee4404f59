"""Plan the changes that make the cloud match the files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Address, Bundle, FunctionSpec, Observed, Project, Resource, domains_of
from scfdeploy.model.resource_kind import FUNCTION, TRIGGER
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Action, Change, Plan, Refusal, changes_of
from scfdeploy.plan.edges import Edge, EdgeReason, PlanFragment, in_order, instance_edges, merge, reference_edges
from scfdeploy.plan.policy import Policy
from scfdeploy.plan.protection import with_protection
from scfdeploy.plan.reach import DESTROY, Reach, reach_of_plan
from scfdeploy.plan.resolve import ReferenceResolver, in_dependency_order
from scfdeploy.plan.resources.function import plan_function
from scfdeploy.plan.resources.layer import plan_layer, plan_old_versions
from scfdeploy.plan.resources.table import PLANNERS, FunctionContext, edges_across, plan_parts
from scfdeploy.plan.resources.version import with_version
from scfdeploy.plan.saved.digest import observed_digest, relevant
from scfdeploy.plan.sensitive import with_sensitive_fields
from scfdeploy.plan.targets import resolve_targets, targeted
from scfdeploy.records import replace

_RECREATING = (Action.CREATE, Action.REPLACE)


def make_plan(
    project: Project,
    bundles: Mapping[Address, Bundle],
    observed: Observed,
    policy: Policy,
    *,
    half_replaced: Collection[Address] = (),
    destroy_command: str = DESTROY,
    unread: Mapping[Address, Collection[Address]] | None = None,
) -> Plan:
    """Plan the changes that make the cloud match the configuration.

    A function without a bundle keeps its code. `half_replaced` resources, which an earlier run deleted and did not
    recreate, come first. A plan with `rejected` entries can be shown but not applied. `destroy_command` is the command
    that destroys this project, for advice on resources out of reach. `unread` functions, each with the resources that
    belong to it, are planned as unchanged; `observed` has them with only what a list shows. Raises ScfDeployError for a
    target or an instance that does not exist, and for a dependency cycle.
    """
    reach = reach_of_plan(project, policy, command=destroy_command)
    require_instances(project, observed, policy)
    layers = merge(
        _fragment(plan_layer(spec, bundles.get(spec.address), observed.resources.get(spec.address), policy))
        for spec in project.layers
    )
    resolver = ReferenceResolver(observed)
    resolver.record(layers.changes)
    functions = _plan_functions(
        project, bundles, observed=observed, resolver=resolver, policy=policy, reach=reach, unread=unread or {}
    )
    unlisted = _plan_unlisted(project, observed, policy, functions.changes, reach=reach)
    own = changes_of(FUNCTION, (*functions.changes, *unlisted.changes))
    old = merge(plan_old_versions(change, observed, own, policy.keep, reach=reach) for change in layers.changes)
    instances = PlanFragment(edges=tuple(instance_edges(project)))
    namespaces = [planner.plan_beside(project, observed) for planner in PLANNERS.values() if planner.plan_beside]
    owned = [planner.plan_owned(project, observed, policy) for planner in PLANNERS.values() if planner.plan_owned]
    fragment = merge([*namespaces, layers, functions, *owned, unlisted, old, instances])
    return assemble(project, observed, policy, _half_replaced_first(fragment, half_replaced), reach=reach)


def assemble(
    project: Project, observed: Observed, policy: Policy, fragment: PlanFragment, *, reach: Reach, suggests: bool = True
) -> Plan:
    """Make a plan of a fragment: limit it to the policy's targets, and sort it. `suggests`: see `resolve_targets`."""
    edges = (*edges_across(fragment.changes), *reference_edges(fragment.changes))
    linked = merge([with_protection(fragment, project, observed), PlanFragment(edges=edges)])
    targets = resolve_targets(linked, policy.targets, known=_listed(project), suggests=suggests)
    selected = targeted(linked, targets)
    changes = with_sensitive_fields(project, in_order(selected.changes, selected.edges))
    # Only saved plans need it, and these have read everything.
    digest = "" if observed.unread else observed_digest(relevant(observed, reach))
    return Plan(project.key, changes, selected.rejected, selected.unmanaged, digest, targets=targets)


def still_half_replaced(half_replaced: Collection[Address], plan: Plan, policy: Policy) -> frozenset[Address]:
    """The half replaced resources that `plan` recreates; each other one exists again or is not in the files any more.

    With targets, a plan does not decide on the others, so all remain.
    """
    if policy.targets:
        return frozenset(half_replaced)
    return frozenset(half_replaced) & {change.address for change in plan.changes if change.action in _RECREATING}


def parts_by_function(observed: Observed) -> Mapping[Address, Mapping[Address, Resource]]:
    """The observed resources that belong to each function, sorted by address."""
    parts: dict[Address, dict[Address, Resource]] = {}
    for address, resource in sorted(observed.resources.items()):
        if address.kind.belongs_to_function:
            parts.setdefault(address.of, {})[address] = resource
    return parts


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
    known |= project.instance_names
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
    resource: Resource, reason: str, observed: Observed, changes: Iterable[Change], *, reach: Reach
) -> PlanFragment:
    """The deletion of an owned resource that no file lists; `changes` include those of all functions."""
    delete = PLANNERS[resource.address.kind].delete
    assert delete is not None, f"resources of kind {resource.address.kind} are never unlisted"  # noqa: S101
    return delete(resource, reason, observed, changes_of(FUNCTION, changes), reach)


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
    """The functions, layers and custom domains in the files."""
    listed = {spec.address for spec in project.functions} | {spec.address for spec in project.layers}
    return listed | {domain.address for domain in domains_of(project)}


def _plan_functions(
    project: Project,
    bundles: Mapping[Address, Bundle],
    *,
    observed: Observed,
    resolver: ReferenceResolver,
    policy: Policy,
    reach: Reach,
    unread: Mapping[Address, Collection[Address]],
) -> PlanFragment:
    """Plan all functions, in the order of the files, with references to unchanged resources resolved."""
    parts = parts_by_function(observed)
    fragments: dict[Address, PlanFragment] = {}
    for spec in in_dependency_order(project.functions):
        if spec.address in unread:
            fragments[spec.address] = _unchanged(spec, unread[spec.address])
            continue
        fragment = _plan_one(
            resolver.resolve(spec),
            bundles.get(spec.address),
            observed.resources.get(spec.address),
            parts=parts.get(spec.address, {}),
            policy=policy,
            reach=reach,
        )
        resolver.record(fragment.changes)
        fragments[spec.address] = fragment
    return merge(fragments[spec.address] for spec in project.functions)


def _unchanged(spec: FunctionSpec, parts: Collection[Address]) -> PlanFragment:
    """The plan of a function that was not read, because nothing has changed since a plan found it as in the files."""
    addresses = (spec.address, *(part for part in parts if part != spec.address))
    return PlanFragment(
        tuple(Change(address, Action.NO_OP, reasons.unread(), owner=spec.owner) for address in addresses),
        unmanaged=_kept_code(spec),
    )


def _kept_code(spec: FunctionSpec) -> tuple[tuple[Address, str], ...]:
    return ((spec.address, message("its code is left alone (src: false)")),) if spec.keeps_code else ()


def _fragment(planned: Change | Refusal) -> PlanFragment:
    return PlanFragment(rejected=(planned,)) if isinstance(planned, Refusal) else PlanFragment((planned,))


def _plan_one(
    spec: FunctionSpec,
    bundle: Bundle | None,
    resource: Resource | None,
    *,
    parts: Mapping[Address, Resource],
    policy: Policy,
    reach: Reach,
) -> PlanFragment:
    triggers = tuple(part for address, part in parts.items() if address.kind is TRIGGER)
    planned = plan_function(spec, bundle, resource, triggers=triggers, policy=policy)
    if isinstance(planned, Refusal):
        return PlanFragment(rejected=(planned,))
    change = with_version(planned, spec, bundle, resource)
    namespace = Edge(spec.address, Address.of_namespace(spec.address.namespace), EdgeReason.NAMESPACE)
    context = FunctionContext(spec, change, resource, parts, policy, reach)
    return merge([PlanFragment((change,), unmanaged=_kept_code(spec), edges=(namespace,)), plan_parts(context)])


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
