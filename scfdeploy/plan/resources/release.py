"""What hangs on the versions of a function: the one that is published, its aliases, its concurrency."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.model import FUNCTION_FIELDS, Address, Bundle, FunctionSpec, Resource, UpdateMode
from scfdeploy.plan.change import Action, Change
from scfdeploy.plan.fragment import PlanFragment, merge
from scfdeploy.plan.policy import Policy
from scfdeploy.plan.resources.alias import plan_aliases, plan_aliases_of_new
from scfdeploy.plan.resources.concurrency import plan_concurrency, plan_concurrency_of_new
from scfdeploy.plan.resources.version import newest, publishes, version_of, with_version

_CARRIED = (UpdateMode.PUBLISH, UpdateMode.ALIAS, UpdateMode.CONCURRENCY)
_NAMES = frozenset(field.name for field in FUNCTION_FIELDS if field.update_mode in _CARRIED)


def plan_release(
    change: Change,
    spec: FunctionSpec,
    bundle: Bundle | None,
    resource: Resource | None,
    *,
    exists: Mapping[Address, Resource],
    policy: Policy,
) -> PlanFragment:
    """The change of a function, completed by the version it publishes, with its aliases and concurrency after it."""
    if _NAMES.isdisjoint(spec.settings):
        return PlanFragment((change,))
    own = with_version(change, spec, bundle, resource)
    if own.action in (Action.CREATE, Action.REPLACE):
        return merge([PlanFragment((own,)), plan_concurrency_of_new(spec), plan_aliases_of_new(spec)])
    version = version_of(spec) if publishes(own) else newest(resource)
    aliases = plan_aliases(spec, exists, version)
    concurrency = plan_concurrency(spec, exists, version, policy=policy, aliases=aliases.changes)
    return merge([PlanFragment((own,)), concurrency, aliases])
