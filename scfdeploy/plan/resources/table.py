"""One record per kind of resource: how its changes are planned. A new kind is one line in `PLANNERS`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from scfdeploy.model import Address, FunctionSpec, Observed, Project, Resource, Value
from scfdeploy.model.resource_kind import (
    ALIAS,
    ASYNC,
    CONCURRENCY,
    DOMAIN,
    FUNCTION,
    LAYER,
    NAMESPACE,
    TRIGGER,
    ResourceKind,
)
from scfdeploy.plan.change import Action, Change
from scfdeploy.plan.edges import Edge, PlanFragment, merge
from scfdeploy.plan.policy import Policy
from scfdeploy.plan.reach import Reach
from scfdeploy.plan.resources.async_invocation import plan_async, plan_async_of_new
from scfdeploy.plan.resources.domain import delete_domain, domain_edges, plan_domains
from scfdeploy.plan.resources.function import deletion
from scfdeploy.plan.resources.layer import plan_layer_removal
from scfdeploy.plan.resources.namespace import plan_namespaces, remaining_namespaces
from scfdeploy.plan.resources.trigger import plan_triggers, plan_triggers_of_new, trigger_edges
from scfdeploy.plan.resources.version import has_release, newest, publishes, version_of
from scfdeploy.records import dataclass


@dataclass(frozen=True, slots=True)
class FunctionContext:
    """The input for planning the resources of one function."""

    spec: FunctionSpec
    change: Change
    """The change of the function itself, with the version that it publishes."""
    resource: Resource | None
    parts: Mapping[Address, Resource]
    """The observed resources that belong to the function."""
    policy: Policy
    reach: Reach

    @property
    def is_new(self) -> bool:
        """Whether the function is created or replaced, so that none of its parts exists."""
        return self.change.action in (Action.CREATE, Action.REPLACE)

    @property
    def version(self) -> Value:
        """The version that this change publishes, or else the newest."""
        return version_of(self.spec) if publishes(self.change) else newest(self.resource)

    def observed(self, kind: ResourceKind) -> dict[Address, Resource]:
        """The observed parts of one kind."""
        return {address: resource for address, resource in self.parts.items() if address.kind is kind}


@dataclass(frozen=True, slots=True)
class KindPlanner:
    """How changes of one kind are planned."""

    plan_part: Callable[[FunctionContext], PlanFragment] | None = None
    """Plans the resources of this kind that belong to a function."""
    plan_beside: Callable[[Project, Observed], PlanFragment] | None = None
    """Plans the resources of this kind that functions need and that belong to no project."""
    plan_owned: Callable[[Project, Observed, Policy], PlanFragment] | None = None
    """Plans the resources of this kind that the project owns beside its functions."""
    keep_beside: Callable[[Project, Observed], PlanFragment] | None = None
    """Reports those of them that stay when everything is deleted."""
    delete: Callable[[Resource, str, Observed, Sequence[Change], Reach], PlanFragment] | None = None
    """Deletes an owned resource, given the reason and the changes of all functions."""
    edges: Callable[[Sequence[Change]], Iterable[Edge]] | None = None
    """The dependencies of this kind that only all changes of a plan show."""


def _plan_concurrency(context: FunctionContext) -> PlanFragment:
    spec = context.spec
    if not has_release(spec):
        return PlanFragment()
    from scfdeploy.plan.resources.alias import plan_aliases
    from scfdeploy.plan.resources.concurrency import plan_concurrency, plan_concurrency_of_new

    if context.is_new:
        return plan_concurrency_of_new(spec)
    aliases = context.observed(ALIAS)
    settings = {address: alias.settings for address, alias in aliases.items()}
    settings |= {change.address: change.settings for change in plan_aliases(spec, aliases, context.version).changes}
    return plan_concurrency(
        spec, context.observed(CONCURRENCY), context.version, policy=context.policy, aliases=settings.values()
    )


def _plan_aliases(context: FunctionContext) -> PlanFragment:
    if not has_release(context.spec):
        return PlanFragment()
    from scfdeploy.plan.resources.alias import plan_aliases, plan_aliases_of_new

    if context.is_new:
        return plan_aliases_of_new(context.spec)
    return plan_aliases(context.spec, context.observed(ALIAS), context.version)


def _plan_async(context: FunctionContext) -> PlanFragment:
    if context.is_new:
        return plan_async_of_new(context.spec)
    return plan_async(context.spec, context.parts.get(context.spec.address.asynchronous()))


def _plan_triggers(context: FunctionContext) -> PlanFragment:
    if context.is_new:
        return plan_triggers_of_new(context.spec)
    return plan_triggers(context.spec, tuple(context.observed(TRIGGER).values()), context.policy, context.reach)


def _delete_layer(
    resource: Resource, reason: str, observed: Observed, functions: Sequence[Change], reach: Reach
) -> PlanFragment:
    layer, others = reach.within(resource)
    return merge([plan_layer_removal(layer, reason, observed, functions), others])


PLANNERS: Mapping[ResourceKind, KindPlanner] = {
    FUNCTION: KindPlanner(delete=lambda resource, reason, *_: PlanFragment((deletion(resource, reason),))),
    CONCURRENCY: KindPlanner(plan_part=_plan_concurrency),
    ALIAS: KindPlanner(plan_part=_plan_aliases),
    ASYNC: KindPlanner(plan_part=_plan_async),
    TRIGGER: KindPlanner(plan_part=_plan_triggers, edges=trigger_edges),
    DOMAIN: KindPlanner(
        plan_owned=plan_domains, delete=lambda resource, reason, *_: delete_domain(resource, reason), edges=domain_edges
    ),
    LAYER: KindPlanner(delete=_delete_layer),
    NAMESPACE: KindPlanner(plan_beside=plan_namespaces, keep_beside=remaining_namespaces),
}
"""In the order in which the parts of a function appear in a plan."""


def plan_parts(context: FunctionContext) -> PlanFragment:
    """Everything that belongs to a function."""
    return merge(planner.plan_part(context) for planner in PLANNERS.values() if planner.plan_part)


def edges_across(changes: Sequence[Change]) -> list[Edge]:
    """The dependencies that only all changes of a plan show."""
    return [edge for planner in PLANNERS.values() if planner.edges for edge in planner.edges(changes)]
