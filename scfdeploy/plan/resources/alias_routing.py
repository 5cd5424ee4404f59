"""Plan the route of an alias that the command line sets, in place of the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.model import Address, FunctionSpec, Owner, Resource, Value
from scfdeploy.model.value import whole_number
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Action, Change
from scfdeploy.plan.diff.differences import additions, differences
from scfdeploy.plan.diff.normalise import alias_fields, normal_settings
from scfdeploy.plan.resources.alias import DEFAULT, DIGITS, LATEST, alias_addresses, lost_rules, weights
from scfdeploy.records import dataclass


@dataclass(frozen=True, slots=True)
class Route:
    """The versions to which an alias routes calls."""

    version: str
    """The main version."""
    weights: tuple[tuple[str, float], ...] = ()
    """Other versions, each with its weight from 0 to 1."""

    @classmethod
    def of(cls, alias: Resource) -> Route:
        """The current route of an alias."""
        others = ((str(entry.get("version")), float(str(entry.get("weight")))) for entry in weights(alias.settings))
        return cls(str(alias.settings.get("aliasFunctionVersion") or ""), tuple(others))

    @property
    def versions(self) -> tuple[str, ...]:
        """Every version that gets calls, the main one first."""
        return (self.version, *(version for version, _ in self.weights))

    def share(self, version: str) -> float:
        """The weight of a version, from 0 to 1."""
        if version == self.version:
            return round(1 - sum(weight for _, weight in self.weights), DIGITS)
        return dict(self.weights).get(version, 0.0)

    def shifted(self, to: str, percent: int) -> Route:
        """The route with `percent` of the calls to the version `to`, and the rest to the main one of the others."""
        weight = round(percent / 100, DIGITS)
        if weight == 1 or self.versions == (to,):
            return Route(to)
        if self.version == to:
            return Route(to, ((self.weights[0][0], round(1 - weight, DIGITS)),))
        return Route(self.version, ((to, weight),))


def version_before(route: Route, published: Sequence[str], *, latest_is_newest: bool) -> str | None:
    """The version to roll back to: the older of two that get calls, otherwise the next lower number, or None.

    `$LATEST` is newer than all published versions; with `latest_is_newest` it is the same as the newest of them.
    """
    if route.weights:
        return min(route.versions, key=_age)
    numbers = sorted(map(int, published))
    if route.version == LATEST:
        earlier = numbers[:-1] if latest_is_newest else numbers
    else:
        earlier = [number for number in numbers if number < _age(route.version)]
    return str(earlier[-1]) if earlier else None


def plan_route(
    address: Address,
    alias: Resource | None,
    route: Route,
    *,
    owner: Owner | None,
    spec: FunctionSpec | None = None,
    description: str | None = None,
    reason: str = "",
) -> Change:
    """The change that sets the route of an alias. `spec` is the function in the file, if it is there."""
    fields = alias_fields()
    others: tuple[Value, ...] = tuple(
        {"version": version, "weight": weight} for version, weight in route.weights if weight
    )
    desired: dict[str, Value] = {"aliasFunctionVersion": route.version, "additionalVersionWeights": others}
    if description is not None:
        desired["aliasDescription"] = description
    requires = (address.of,)
    warnings = tuple(_warnings(address, alias, route, spec))
    if alias is None:
        added = additions(fields, desired)
        return Change(address, Action.CREATE, reason or reasons.new(), added, desired, owner, requires, warnings)
    observed = normal_settings(fields, alias.settings)
    changed = differences(fields, desired, observed)
    if not changed:
        return Change(address, Action.NO_OP, message("already has this route"), settings=observed, owner=owner)
    return Change(address, Action.UPDATE, reason, changed, {**observed, **desired}, owner, requires, warnings)


def _warnings(address: Address, alias: Resource | None, route: Route, spec: FunctionSpec | None) -> Iterator[str]:
    if spec is not None and address in alias_addresses(spec):
        yield message("serverless.yml sets this alias too: the next apply overwrites the route.")
    had_latest = address.name == DEFAULT and alias is not None and LATEST in Route.of(alias).versions
    if had_latest and LATEST not in route.versions:
        yield message(
            "Calls of {alias} no longer reach the deployed code until the alias routes to {latest} again.",
            alias=DEFAULT,
            latest=LATEST,
        )
    if alias is not None:
        yield from lost_rules(alias)


def _age(version: str) -> float:
    number = whole_number(version)
    return float("inf") if number is None else number
