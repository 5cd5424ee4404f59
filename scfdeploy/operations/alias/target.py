"""`alias set` and `rollback`: lead an alias elsewhere at once."""

from __future__ import annotations

from dataclasses import dataclass

from scfdeploy.apply import Outcome, Status, run
from scfdeploy.apply.stop import Stop
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address
from scfdeploy.operations.apply import ApplyHooks, wait_unless_stopped
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.operations.resolve_function import DeployedFunction, load_deployed
from scfdeploy.plan import Change, Plan
from scfdeploy.plan.resources.alias import DEFAULT
from scfdeploy.plan.resources.alias_routing import Route, plan_route, version_before
from scfdeploy.plan.resources.version import latest_is_newest
from scfdeploy.providers.base import CloudError, Query
from scfdeploy.results import AliasChanged, Findings, Planned


@dataclass(frozen=True, slots=True)
class AliasTarget:
    """Where an alias is to lead: to the version `to`, but for the shares (0 to 1) in `weights`."""

    alias: str
    to: str
    weights: tuple[tuple[str, float], ...] = ()
    description: str | None = None


def set_alias(request: Request, cloud: CloudOptions, name: str, wish: AliasTarget, hooks: ApplyHooks) -> AliasChanged:
    """Make an alias lead to a version; one that is not there is made.

    Raises ScfDeployError for an unknown version, and for one that is to be both.
    """
    found = load_deployed(request, cloud, name)
    weights = tuple((found.version(version), weight) for version, weight in wish.weights)
    route = Route(found.version(wish.to), weights)
    if route.version in dict(weights):
        raise ScfDeployError(f"version {route.version} cannot be both the main version and the weighted version")
    address = found.address.alias(wish.alias)
    change = plan_route(
        address,
        found.aliases.get(wish.alias),
        route,
        owner=found.owner,
        spec=found.spec,
        description=wish.description,
        reason="asked for",
    )
    return _moved("alias set", found, change, route, hooks)


def rollback(
    request: Request, cloud: CloudOptions, name: str, *, alias: str, to: str, hooks: ApplyHooks
) -> AliasChanged:
    """Make an alias lead to the version before, or to `to`.

    Without `alias` it is the one that the file sets, or `$DEFAULT`. Raises ScfDeployError when there is none before.
    """
    found = load_deployed(request, cloud, name, looks=_with_what_is_published)
    chosen = alias or str((found.spec.settings.get("aliasName") if found.spec else "") or DEFAULT)
    resource = found.aliases.get(chosen)
    if resource is None:
        raise ScfDeployError(f"{found.address.function} has no alias {chosen}", hint=_aliases(found))
    now = Route.of(resource)
    latest = latest_is_newest(found.function)
    before = found.version(to) if to else version_before(now, found.published, latest_is_newest=latest)
    if before is None:
        raise ScfDeployError(
            f"{chosen} leads to {now.version}, and no earlier version is published",
            hint="`publish: true` in serverless.yml keeps a version of each deployment to go back to.",
        )
    route = Route(before)
    change = plan_route(
        found.address.alias(chosen), resource, route, owner=found.owner, spec=found.spec, reason="goes back"
    )
    return _moved("rollback", found, change, route, hooks)


def plan_of(found: DeployedFunction, change: Change) -> Plan:
    """The plan of this one change, or of why it is refused."""
    refused = found.refused()
    assert found.project is not None  # noqa: S101 - what has no project is refused with words of its own
    return Plan(found.project, () if refused else (change,), refused)


def _moved(command: str, found: DeployedFunction, change: Change, route: Route, hooks: ApplyHooks) -> AliasChanged:
    plan = plan_of(found, change)
    resource = found.aliases.get(change.address.name)
    before = None if resource is None else Route.of(resource)
    if plan.rejected or not plan.has_changes:
        return AliasChanged(command, Findings(), not plan.rejected, plan, change.address, before, before)
    hooks.confirm(Planned(Findings(), ok=True, plan=plan), found.provider.where)
    hooks.stop.begin_writes()
    outcomes = run(plan, found.provider, listener=hooks.listener, stop=hooks.stop)
    is_done = all(outcome.status is Status.SUCCEEDED for outcome in outcomes)
    after = route if is_done else current_route(found, change.address, before, outcomes, hooks.stop)
    stopped = hooks.stop.is_set() and not is_done
    return AliasChanged(
        command, Findings(), is_done, plan, change.address, before, after, outcomes, interrupted=stopped
    )


def current_route(
    found: DeployedFunction, alias: Address, before: Route | None, outcomes: tuple[Outcome, ...], stop: Stop
) -> Route | None:
    """Where an alias leads after a change that did not succeed: looked at, where the change may have been made."""
    if all(outcome.status is Status.SKIPPED for outcome in outcomes):
        return before
    try:
        return wait_unless_stopped(stop, lambda: found.look_again(alias.name))
    except CloudError:
        return None


def _with_what_is_published(address: Address) -> Query:
    one = frozenset({address})
    return Query((address,), aliases=one, published=one)


def _aliases(found: DeployedFunction) -> str:
    return f"Its aliases: {', '.join(sorted(found.aliases))}."
