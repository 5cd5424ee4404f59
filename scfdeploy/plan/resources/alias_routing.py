"""Where an alias is to lead when the command line says so and not the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scfdeploy.model import Address, FunctionSpec, Owner, Resource, Value
from scfdeploy.model.value import whole_number
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Action, Change
from scfdeploy.plan.diff.differences import additions, differences
from scfdeploy.plan.diff.normalise import alias_fields, normal_settings
from scfdeploy.plan.resources.alias import DEFAULT, DIGITS, LATEST, RULES_GO, alias_addresses, weights


@dataclass(frozen=True, slots=True)
class Route:
    """The main version of an alias, and the shares (0 to 1) of calls that go to others."""

    version: str
    weights: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of(cls, alias: Resource) -> Route:
        """Where an alias leads now."""
        shares = ((str(entry.get("version")), float(str(entry.get("weight")))) for entry in weights(alias.settings))
        return cls(str(alias.settings.get("aliasFunctionVersion") or ""), tuple(shares))

    @property
    def versions(self) -> tuple[str, ...]:
        """Every version that gets calls, the main one first."""
        return (self.version, *(version for version, _ in self.weights))

    def share(self, version: str) -> float:
        """The share of calls that a version gets."""
        if version == self.version:
            return round(1 - sum(weight for _, weight in self.weights), DIGITS)
        return dict(self.weights).get(version, 0.0)

    def shifted(self, to: str, percent: int) -> Route:
        """The alias with `percent` of its calls going to `to`, and the rest where most went until now."""
        share = round(percent / 100, DIGITS)
        if share == 1 or self.versions == (to,):
            return Route(to)
        if self.version == to:
            return Route(to, ((self.weights[0][0], round(1 - share, DIGITS)),))
        return Route(self.version, ((to, share),))


def version_before(route: Route, published: Sequence[str], *, latest_is_newest: bool) -> str | None:
    """The version that calls went to before: of two that share them the older one, else the next lower number.

    `$LATEST` is newer than all, and the same as the newest where `latest_is_newest`. None where there is none before.
    """
    if route.weights:
        return min(route.versions, key=_age)
    numbers = sorted(int(one) for one in published)
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
    """The change that makes an alias lead where `route` says. `spec` is the function in the file, if it is there."""
    fields = alias_fields()
    shares: tuple[Value, ...] = tuple(
        {"version": version, "weight": weight} for version, weight in route.weights if weight
    )
    wanted: dict[str, Value] = {"aliasFunctionVersion": route.version, "additionalVersionWeights": shares}
    if description is not None:
        wanted["aliasDescription"] = description
    requires = (address.of,)
    warnings = tuple(_warnings(address, alias, route, spec))
    if alias is None:
        added = additions(fields, wanted)
        return Change(address, Action.CREATE, reason or reasons.NEW, added, wanted, owner, requires, warnings)
    observed = normal_settings(fields, alias.settings)
    changed = differences(fields, wanted, observed)
    if not changed:
        return Change(address, Action.NO_OP, "leads there already", settings=observed, owner=owner)
    return Change(address, Action.UPDATE, reason, changed, {**observed, **wanted}, owner, requires, warnings)


def _warnings(address: Address, alias: Resource | None, route: Route, spec: FunctionSpec | None) -> list[str]:
    found = []
    if spec is not None and address in alias_addresses(spec):
        found.append("serverless.yml says where this alias leads: the next apply sets it again.")
    was_latest = address.name == DEFAULT and alias is not None and LATEST in Route.of(alias).versions
    if was_latest and LATEST not in route.versions:
        found.append(f"Calls of {DEFAULT} do not meet what is deployed any more, until it leads to {LATEST} again.")
    if alias is not None and alias.attributes.get("matches"):
        found.append(RULES_GO)
    return found


def _age(version: str) -> float:
    number = whole_number(version)
    return float("inf") if number is None else number
