"""Plan the aliases of a function: `aliasName` with its settings, and `traffic`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scfdeploy.diagnostics import Finding, Severity, message
from scfdeploy.model import Address, FunctionSpec, Ref, Resource, Value
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Action, Change, FieldChange, Refusal
from scfdeploy.plan.diff.differences import differences
from scfdeploy.plan.diff.normalise import alias_fields, is_blank, normal_settings
from scfdeploy.plan.edges import Edge, EdgeReason, PlanFragment, merge
from scfdeploy.plan.resources.version import version_of, wants_versions
from scfdeploy.records import dataclass

ALIAS_WITHOUT_VERSION = Finding(
    "alias-without-version",
    Severity.ERROR,
    "Alias without a version",
    detail="needs a published version, and the function has none",
    hint="Write `publish: true`, or name a version.",
    title="An alias without a version.",
    what="An alias routes calls to a published version, but the file names none, and none exists. (`traffic` is then "
    "left out of the plan, which says so.)",
    why="An alias always points to a version.",
    wrong="`aliasName: prod` on a function that was never published.",
    right="`publish: true` beside it, or `aliasFunctionVersion` with the number of a version.",
)

DEFAULT = "$DEFAULT"
LATEST = "$LATEST"
_MAIN, _MORE, _DESCRIPTION = "aliasFunctionVersion", "additionalVersionWeights", "aliasDescription"
_ALIAS_SETTINGS = (_MAIN, _MORE, _DESCRIPTION)
DIGITS = 6
"""Weights are rounded to these, so that 1 - 0.9 is 0.1."""
_DEFAULT_SETTINGS: Mapping[str, Value] = {_MAIN: LATEST, _MORE: ()}


@dataclass(frozen=True, slots=True)
class _DesiredAlias:
    """An alias as in the file."""

    address: Address
    settings: Mapping[str, Value]
    traffic: float | None = None
    """The weight of `$LATEST`, if the file has `traffic` in place of versions and weights."""


def alias_addresses(spec: FunctionSpec) -> tuple[Address, ...]:
    """The aliases in the file."""
    names = {DEFAULT} if spec.settings.get("traffic") is not None else set()
    if _has_alias_settings(spec):
        names.add(_name(spec))
    return tuple(spec.address.alias(name) for name in sorted(names))


def plan_aliases_of_new(spec: FunctionSpec) -> PlanFragment:
    """Plan the aliases of a function that is created or replaced."""
    return _planned(spec, {}, version_of(spec) if wants_versions(spec) else None, is_new=True)


def plan_aliases(spec: FunctionSpec, observed: Mapping[Address, Resource], version: Value) -> PlanFragment:
    """Plan the aliases of a function that exists.

    `version` is the default for aliases without a version: the one that is published now, or else the newest.
    """
    return _planned(spec, observed, version, is_new=False)


def versions_in(settings: Mapping[str, Value]) -> Iterator[Value]:
    """The versions to which an alias with these settings routes calls."""
    yield settings.get(_MAIN)
    yield from (entry.get("version") for entry in weights(settings))


def _planned(spec: FunctionSpec, observed: Mapping[Address, Resource], version: Value, *, is_new: bool) -> PlanFragment:
    fragments = []
    for address in alias_addresses(spec):
        resource = observed.get(address)
        if _is_traffic(spec, address) and _waits_for_version(spec, resource, version, is_new=is_new):
            fragments.append(PlanFragment(unmanaged=((address, _traffic_ignored()),)))
            continue
        desired = _desired(spec, address, resource, version)
        if desired is None:
            fragments.append(PlanFragment(rejected=(Refusal.of(ALIAS_WITHOUT_VERSION, address),)))
        else:
            changes = tuple(_changes(spec, desired, resource, is_new=is_new))
            fragments.append(PlanFragment(changes, edges=tuple(_edges(spec, address))))
    return merge(fragments)


def _desired(spec: FunctionSpec, address: Address, resource: Resource | None, version: Value) -> _DesiredAlias | None:
    """The desired alias, or None when there is no version for it."""
    observed = normal_settings(alias_fields(), resource.settings) if resource else {}
    if _is_traffic(spec, address):
        return _from_traffic(spec, address, observed, version)
    settings = normal_settings(alias_fields(), spec.settings)
    main = settings.get(_MAIN) or (version if wants_versions(spec) else None)
    if main is None:
        return None
    if _MORE in settings:
        settings[_MORE] = tuple(_rounded(weights(settings)))
    else:
        # Weights between other versions no longer apply.
        settings[_MORE] = observed.get(_MORE, ()) if observed.get(_MAIN) == main else ()
    return _DesiredAlias(address, {**settings, _MAIN: main})


def _is_traffic(spec: FunctionSpec, address: Address) -> bool:
    """Whether this alias is `$DEFAULT` and `traffic` configures it."""
    return address.name == DEFAULT and not (_name(spec) == DEFAULT and _has_alias_settings(spec))


def _waits_for_version(spec: FunctionSpec, resource: Resource | None, version: Value, *, is_new: bool) -> bool:
    """Whether `traffic` has no effect yet, because the function has no published version for the rest of the calls."""
    if _traffic(spec) == 1 or not is_blank(spec.settings.get("lastVersion")):
        return False
    if is_new:
        return not wants_versions(spec)
    return version is None and not (resource and weights(resource.settings))


def _traffic_ignored() -> str:
    return message("traffic has no effect yet: the function has no published version; `publish: true` publishes one")


def _traffic(spec: FunctionSpec) -> float:
    """The weight of `$LATEST`."""
    weight = spec.settings.get("traffic")
    return round(float(weight), DIGITS) if isinstance(weight, int | float | str) else 1.0


def _from_traffic(
    spec: FunctionSpec, address: Address, observed: Mapping[str, Value], version: Value
) -> _DesiredAlias | None:
    traffic = _traffic(spec)
    if traffic == 1:
        return _DesiredAlias(address, dict(_DEFAULT_SETTINGS), traffic)
    written = spec.settings.get("lastVersion")
    current = _first_version(weights(observed))
    other = written if not is_blank(written) else version if wants_versions(spec) else current or version
    if other is None:
        return None
    entry: dict[str, Value] = {
        "version": other if isinstance(other, Ref) else str(other),
        "weight": round(1 - traffic, DIGITS),
    }
    return _DesiredAlias(address, {_MAIN: LATEST, _MORE: (entry,)}, traffic)


def _changes(
    spec: FunctionSpec, desired: _DesiredAlias, resource: Resource | None, *, is_new: bool
) -> Iterator[Change]:
    if resource is None:
        # The default alias is created with its function.
        existing = _DEFAULT_SETTINGS if desired.address.name == DEFAULT else {}
        added = _differences(desired, existing)
        if added or not existing:
            reason = reasons.with_function() if is_new else reasons.new()
            reason = reasons.joined(reason, _traffic_reason(desired, {}))
            yield Change(desired.address, Action.CREATE, reason, added, desired.settings, spec.owner)
        return
    observed = normal_settings(alias_fields(), resource.settings)
    changed = _differences(desired, observed)
    yield Change(
        desired.address,
        Action.UPDATE if changed else Action.NO_OP,
        reasons.joined(reasons.differing(changed), _traffic_reason(desired, observed)) if changed else reasons.same(),
        changed,
        {**observed, **desired.settings},
        spec.owner,
        warnings=lost_rules(resource) if changed else (),
    )


def lost_rules(alias: Resource) -> tuple[str, ...]:
    """A warning if an update of this alias removes routing rules."""
    if not alias.attributes.get("matches"):
        return ()
    return (message("Its rules that select a version by a request header are removed."),)


def _differences(desired: _DesiredAlias, observed: Mapping[str, Value]) -> tuple[FieldChange, ...]:
    if desired.traffic is None:
        return differences(alias_fields(), desired.settings, observed)
    return tuple(_traffic_differences(desired, observed, desired.traffic))


def _traffic_differences(
    desired: _DesiredAlias, observed: Mapping[str, Value], traffic: float
) -> Iterator[FieldChange]:
    """The differences in the settings that the file has: `traffic` and `lastVersion`."""
    if observed.get(_MAIN) != LATEST:
        yield FieldChange(_MAIN, observed.get(_MAIN), LATEST)
    before = round(1 - sum(float(str(entry.get("weight") or 0)) for entry in weights(observed)), DIGITS)
    if before != traffic:
        yield FieldChange("traffic", _number(before), _number(traffic))
    old, new = _first_version(weights(observed)), _first_version(weights(desired.settings))
    # When a second version is added or removed, `traffic` is enough; the reason names the version.
    if old is not None and new is not None and old != new:
        yield FieldChange("lastVersion", old, new)


def _traffic_reason(desired: _DesiredAlias, observed: Mapping[str, Value]) -> str:
    """The version that gets calls beside `$LATEST`, if `traffic` starts to split them."""
    other = None if desired.traffic is None or weights(observed) else _first_version(weights(desired.settings))
    match other:
        case None:
            return ""
        case Ref():
            return message("the version that is published gets the rest")
    return message("version {version} gets the rest", version=other)


def _number(weight: float) -> Value:
    return int(weight) if weight == int(weight) else weight


def weights(settings: Mapping[str, Value]) -> tuple[Mapping[str, Value], ...]:
    """The versions that get calls of an alias beside its main version, each with its weight."""
    entries = settings.get(_MORE)
    return tuple(entry for entry in entries if isinstance(entry, Mapping)) if isinstance(entries, list | tuple) else ()


def _first_version(entries: Sequence[Mapping[str, Value]]) -> Value:
    return next((entry.get("version") for entry in entries), None)


def _rounded(entries: Sequence[Mapping[str, Value]]) -> Iterator[Mapping[str, Value]]:
    """The entries with rounded weights, without those that get no calls."""
    for entry in entries:
        written = entry.get("weight")
        weight = round(float(written), DIGITS) if isinstance(written, int | float) else 0.0
        if weight:
            yield {**entry, "weight": _number(weight)}


def _name(spec: FunctionSpec) -> str:
    return str(spec.settings.get("aliasName") or DEFAULT)


def _has_alias_settings(spec: FunctionSpec) -> bool:
    """Whether the file has settings of an alias other than `traffic`."""
    return any(name in spec.settings for name in ("aliasName", *_ALIAS_SETTINGS))


def _edges(spec: FunctionSpec, alias: Address) -> Iterator[Edge]:
    yield Edge(alias, spec.address, EdgeReason.PARENT)
    yield Edge(alias, spec.address.provisioned("published"), EdgeReason.PROVISIONED)
    qualifier = spec.settings.get("qualifier")
    if not is_blank(qualifier):
        yield Edge(alias, spec.address.provisioned(str(qualifier)), EdgeReason.PROVISIONED)
