"""Plan the published version, the aliases and the concurrency of a function."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.model import FUNCTION_FIELDS, Address, Bundle, FunctionSpec, Resource, UpdateMode
from scfdeploy.plan.change import Action, Change
from scfdeploy.plan.edges import PlanFragment, merge
from scfdeploy.plan.policy import Policy
from scfdeploy.plan.resources.alias import plan_aliases, plan_aliases_of_new
from scfdeploy.plan.resources.concurrency import plan_concurrency, plan_concurrency_of_new
from scfdeploy.plan.resources.version import newest, publishes, version_of, with_version

_RELEASE_MODES = (UpdateMode.PUBLISH, UpdateMode.ALIAS, UpdateMode.CONCURRENCY)
_NAMES = frozenset(field.name for field in FUNCTION_FIELDS if field.update_mode in _RELEASE_MODES)


def plan_release(
    change: Change,
    spec: FunctionSpec,
    bundle: Bundle | None,
    resource: Resource | None,
    *,
    observed: Mapping[Address, Resource],
    policy: Policy,
) -> PlanFragment:
    """The change of a function with the version it publishes, followed by its aliases and concurrency.

    `observed` are the existing aliases and concurrency settings of the function.
    """
    if _NAMES.isdisjoint(spec.settings):
        return PlanFragment((change,))
    own = with_version(change, spec, bundle, resource)
    if own.action in (Action.CREATE, Action.REPLACE):
        return merge([PlanFragment((own,)), plan_concurrency_of_new(spec), plan_aliases_of_new(spec)])
    version = version_of(spec) if publishes(own) else newest(resource)
    aliases = plan_aliases(spec, observed, version)
    concurrency = plan_concurrency(spec, observed, version, policy=policy, aliases=aliases.changes)
    return merge([PlanFragment((own,)), concurrency, aliases])
