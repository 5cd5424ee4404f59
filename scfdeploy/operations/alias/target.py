"""`alias set` and `rollback`: point an alias to another version at once."""

from __future__ import annotations

from scfdeploy.apply import Outcome, Status
from scfdeploy.apply.stop import Stop
from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Address
from scfdeploy.operations.apply import ApplyHooks, execute_plan, wait_unless_stopped
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.operations.resolve_function import DeployedFunction, load_deployed
from scfdeploy.plan import Change, Plan
from scfdeploy.plan.resources.alias import DEFAULT
from scfdeploy.plan.resources.alias_routing import Route, plan_route, version_before
from scfdeploy.plan.resources.version import latest_is_newest
from scfdeploy.providers.base import CloudError, Query
from scfdeploy.records import dataclass
from scfdeploy.results import Findings, Planned
from scfdeploy.results.aliases import AliasChanged
from scfdeploy.workspace.lock import project_lock


@dataclass(frozen=True, slots=True)
class AliasTarget:
    """The new route of an alias."""

    alias: str
    to: str
    """The main version."""

    weights: tuple[tuple[str, float], ...] = ()
    """Other versions with their shares of calls, from 0 to 1."""

    description: str | None = None


def set_alias(request: Request, cloud: CloudOptions, name: str, target: AliasTarget, hooks: ApplyHooks) -> AliasChanged:
    """Point an alias to a version; create the alias if it does not exist. Raises ScfDeployError for a wrong version."""
    with project_lock("alias set") as lock:
        function = load_deployed(request, cloud, name, lock=lock)
        return _set_alias(function, cloud, target, hooks)


def _set_alias(function: DeployedFunction, cloud: CloudOptions, target: AliasTarget, hooks: ApplyHooks) -> AliasChanged:
    weights = tuple((function.version(version), weight) for version, weight in target.weights)
    route = Route(function.version(target.to), weights)
    if route.version in dict(weights):
        raise ScfDeployError(
            message("version {version} cannot be both the main version and the weighted version", version=route.version)
        )
    change = plan_route(
        function.address.alias(target.alias),
        function.aliases.get(target.alias),
        route,
        owner=function.owner,
        spec=function.spec,
        description=target.description,
        reason=message("requested"),
    )
    return _set_route("alias set", function, cloud, change, route, hooks)


def rollback(
    request: Request, cloud: CloudOptions, name: str, *, alias: str, to: str, hooks: ApplyHooks
) -> AliasChanged:
    """Point an alias to the version `to`; by default, to the version before the current one.

    The default of `alias` is the alias in the file, or `$DEFAULT`. Raises ScfDeployError if there is no such version.
    """
    with project_lock("rollback") as lock:
        function = load_deployed(request, cloud, name, query=_published_query, lock=lock)
        return _roll_back(function, cloud, alias, to, hooks)


def _roll_back(function: DeployedFunction, cloud: CloudOptions, alias: str, to: str, hooks: ApplyHooks) -> AliasChanged:
    alias = alias or str((function.spec.settings.get("aliasName") if function.spec else "") or DEFAULT)
    resource = function.aliases.get(alias)
    if resource is None:
        aliases = ", ".join(sorted(function.aliases))
        raise function.unknown_alias(alias, message("Existing aliases: {aliases}.", aliases=aliases))
    current = Route.of(resource)
    latest = latest_is_newest(function.function)
    version = function.version(to) if to else version_before(current, function.published, latest_is_newest=latest)
    if version is None:
        raise ScfDeployError(
            message(
                "{alias} points to {version}, and there is no earlier published version",
                alias=alias,
                version=current.version,
            ),
            hint=message("`publish: true` in serverless.yml publishes a version with each deployment."),
        )
    route = Route(version)
    address, reason = function.address.alias(alias), message("rollback")
    change = plan_route(address, resource, route, owner=function.owner, spec=function.spec, reason=reason)
    return _set_route("rollback", function, cloud, change, route, hooks)


def single_change_plan(function: DeployedFunction, change: Change) -> Plan:
    """The plan with this change; without it if the project must not change the function."""
    refusals = function.refusals()
    return Plan(function.own_project.key, () if refusals else (change,), refusals)


def _set_route(
    command: str, function: DeployedFunction, cloud: CloudOptions, change: Change, route: Route, hooks: ApplyHooks
) -> AliasChanged:
    plan = single_change_plan(function, change)
    resource = function.aliases.get(change.address.name)
    before = None if resource is None else Route.of(resource)
    if plan.rejected or not plan.has_changes:
        return AliasChanged(command, Findings(), not plan.rejected, plan, change.address, before, before)
    hooks.confirm(Planned(Findings(), ok=True, plan=plan), function.provider.where)
    outcomes = execute_plan(plan, function.own_project, function.provider, cloud, hooks)
    is_done = all(outcome.status is Status.SUCCEEDED for outcome in outcomes)
    after = route if is_done else route_after(function, change.address, before, outcomes, hooks.stop)
    stopped = hooks.stop.is_set() and not is_done
    return AliasChanged(
        command, Findings(), is_done, plan, change.address, before, after, outcomes, interrupted=stopped
    )


def route_after(
    function: DeployedFunction, alias: Address, before: Route | None, outcomes: tuple[Outcome, ...], stop: Stop
) -> Route | None:
    """The route after a change that did not succeed, read from the cloud if the change was started; None if unknown."""
    if all(outcome.status is Status.SKIPPED for outcome in outcomes):
        return before
    try:
        return wait_unless_stopped(stop, lambda: function.read_route(alias.name))
    except CloudError:
        return None


def _published_query(address: Address) -> Query:
    addresses = frozenset({address})
    return Query((address,), aliases=addresses, published=addresses)
