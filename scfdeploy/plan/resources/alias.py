"""What happens to the aliases that a function's file sets: `aliasName` and what goes with it, and `traffic`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.model import Address, FunctionSpec, Ref, Resource, Value
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Action, Change, FieldChange, Refusal
from scfdeploy.plan.diff.differences import differences
from scfdeploy.plan.diff.normalise import alias_fields, is_blank, normal_settings
from scfdeploy.plan.edges import Edge, EdgeReason, PlanFragment, merge
from scfdeploy.plan.resources.version import version_of, wants_versions

ALIAS_WITHOUT_VERSION = Finding(
    "alias-without-version",
    Severity.ERROR,
    "Alias without a version",
    detail="needs a published version, and the function has none",
    hint="Write `publish: true`, or name a version.",
    title="An alias without a version.",
    what="`traffic` or an alias sends calls to a published version, but the file names none, and none exists.",
    why="An alias always points to a version.",
    wrong="`traffic: 0.9` on a function that was never published.",
    right="`publish: true` beside it, or `lastVersion` (`aliasFunctionVersion`) with the number of a version.",
)

DEFAULT = "$DEFAULT"
LATEST = "$LATEST"
_MAIN, _MORE, _DESCRIPTION = "aliasFunctionVersion", "additionalVersionWeights", "aliasDescription"
_OF_ALIAS = (_MAIN, _MORE, _DESCRIPTION)
DIGITS = 6  # 1 - 0.9 is to be 0.1
RULES_GO = "Its rules that choose a version by a header of the call are removed."
_UNTOUCHED: Mapping[str, Value] = {_MAIN: LATEST, _MORE: ()}


@dataclass(frozen=True, slots=True)
class _Wish:
    """One alias as the file wants it. `by_traffic` is the share that `$LATEST` keeps, where the file says it so."""

    address: Address
    settings: Mapping[str, Value]
    by_traffic: float | None = None


def alias_addresses(spec: FunctionSpec) -> tuple[Address, ...]:
    """The aliases that the file sets."""
    names = {DEFAULT} if spec.settings.get("traffic") is not None else set()
    if _says_alias(spec):
        names.add(_name(spec))
    return tuple(spec.address.alias(name) for name in sorted(names))


def plan_aliases_of_new(spec: FunctionSpec) -> PlanFragment:
    """The aliases of a function that is made now, or made again."""
    return _planned(spec, {}, version_of(spec) if wants_versions(spec) else None, is_new=True)


def plan_aliases(spec: FunctionSpec, exists: Mapping[Address, Resource], version: Value) -> PlanFragment:
    """The aliases of a function that exists. `version` is what they lead to where the file names none: the one that
    is published now, or else the newest.
    """  # noqa: D205
    return _planned(spec, exists, version, is_new=False)


def versions_in(settings: Mapping[str, Value]) -> Iterator[Value]:
    """The versions that calls of an alias can reach."""
    yield settings.get(_MAIN)
    yield from (entry.get("version") for entry in weights(settings))


def _planned(spec: FunctionSpec, exists: Mapping[Address, Resource], version: Value, *, is_new: bool) -> PlanFragment:
    parts = []
    for address in alias_addresses(spec):
        resource = exists.get(address)
        wish = _wish(spec, address, resource, version)
        if wish is None:
            parts.append(PlanFragment(rejected=(_no_version(address),)))
        else:
            changes = tuple(_changes(spec, wish, resource, is_new=is_new))
            parts.append(PlanFragment(changes, edges=tuple(_edges(spec, address))))
    return merge(parts)


def _wish(spec: FunctionSpec, address: Address, resource: Resource | None, version: Value) -> _Wish | None:
    """The alias as it is wanted; None where no version is known that it could lead to."""
    observed = normal_settings(alias_fields(), resource.settings) if resource else {}
    if address.name == DEFAULT and not _is_written_out(spec):
        return _by_traffic(spec, address, observed, version)
    settings = normal_settings(alias_fields(), spec.settings)
    main = settings.get(_MAIN) or (version if wants_versions(spec) else None)
    if main is None:
        return None
    if _MORE in settings:
        settings[_MORE] = tuple(_rounded(weights(settings)))
    else:
        # Shares between other versions mean nothing any more.
        settings[_MORE] = observed.get(_MORE, ()) if observed.get(_MAIN) == main else ()
    return _Wish(address, {**settings, _MAIN: main})


def _by_traffic(spec: FunctionSpec, address: Address, observed: Mapping[str, Value], version: Value) -> _Wish | None:
    share = spec.settings.get("traffic")
    kept = round(float(share), DIGITS) if isinstance(share, int | float | str) else 1.0
    if kept == 1:
        return _Wish(address, dict(_UNTOUCHED), kept)
    written = spec.settings.get("lastVersion")
    shown = _other(weights(observed))
    other = written if not is_blank(written) else version if wants_versions(spec) else shown or version
    if other is None:
        return None
    entry: dict[str, Value] = {
        "version": other if isinstance(other, Ref) else str(other),
        "weight": round(1 - kept, DIGITS),
    }
    return _Wish(address, {_MAIN: LATEST, _MORE: (entry,)}, kept)


def _changes(spec: FunctionSpec, wish: _Wish, resource: Resource | None, *, is_new: bool) -> Iterator[Change]:
    fields = alias_fields()
    if resource is None:
        # The default alias comes with its function.
        exists = _UNTOUCHED if wish.address.name == DEFAULT else {}
        added = _differing(wish, exists)
        if added or not exists:
            reason = "is created with its function" if is_new else reasons.NEW
            yield Change(
                wish.address,
                Action.CREATE,
                reasons.joined(reason, _sharing(wish, {})),
                added,
                wish.settings,
                spec.owner,
            )
        return
    observed = normal_settings(fields, resource.settings)
    changed = _differing(wish, observed)
    yield Change(
        wish.address,
        Action.UPDATE if changed else Action.NO_OP,
        reasons.joined(reasons.differing(changed), _sharing(wish, observed)) if changed else reasons.SAME,
        changed,
        {**observed, **wish.settings},
        spec.owner,
        warnings=(RULES_GO,) if changed and resource.attributes.get("matches") else (),
    )


def _differing(wish: _Wish, observed: Mapping[str, Value]) -> tuple[FieldChange, ...]:
    if wish.by_traffic is None:
        return differences(alias_fields(), wish.settings, observed)
    return tuple(_differing_traffic(wish, observed, wish.by_traffic))


def _differing_traffic(wish: _Wish, observed: Mapping[str, Value], kept: float) -> Iterator[FieldChange]:
    """The difference in the words that the file uses: `traffic` and `lastVersion`."""
    main, shares = observed.get(_MAIN), weights(observed)
    if main != LATEST:
        yield FieldChange(_MAIN, main, LATEST)
    given = sum(float(str(entry.get("weight") or 0)) for entry in shares)
    before = round(1 - given, DIGITS)
    if before != kept:
        yield FieldChange("traffic", _short(before), _short(kept))
    shown = _other(shares)
    wanted = _other(weights(wish.settings))
    # Where sharing begins or ends, `traffic` says enough; the reason names the version.
    if wanted != shown and wanted is not None and shown is not None:
        yield FieldChange("lastVersion", shown, wanted)


def _sharing(wish: _Wish, observed: Mapping[str, Value]) -> str:
    """Who gets the calls that `traffic` takes from `$LATEST`, where that begins now."""
    if wish.by_traffic is None or weights(observed):
        return ""
    other = _other(weights(wish.settings))
    if other is None:
        return ""
    return "the version that is published gets the rest" if isinstance(other, Ref) else f"version {other} gets the rest"


def _short(share: float) -> Value:
    return int(share) if share == int(share) else share


def weights(settings: Mapping[str, Value]) -> tuple[Mapping[str, Value], ...]:
    """The versions that share the calls of an alias with its main one, each with its weight."""
    shown = settings.get(_MORE)
    return tuple(entry for entry in shown if isinstance(entry, Mapping)) if isinstance(shown, list | tuple) else ()


def _other(shares: Sequence[Mapping[str, Value]]) -> Value:
    """The version that the first share goes to; None where there is none."""
    return next((entry.get("version") for entry in shares), None)


def _rounded(entries: Sequence[Mapping[str, Value]]) -> Iterator[Mapping[str, Value]]:
    """The entries that get any calls."""
    for entry in entries:
        weight = entry.get("weight")
        share = round(float(weight), DIGITS) if isinstance(weight, int | float) else 0.0
        if share:
            yield {**entry, "weight": _short(share)}


def _name(spec: FunctionSpec) -> str:
    return str(spec.settings.get("aliasName") or DEFAULT)


def _says_alias(spec: FunctionSpec) -> bool:
    """Whether the file says an alias by its name, its versions or its description."""
    return any(name in spec.settings for name in ("aliasName", *_OF_ALIAS))


def _is_written_out(spec: FunctionSpec) -> bool:
    """Whether the file says version and shares of the default alias, in place of `traffic`."""
    return _name(spec) == DEFAULT and _says_alias(spec)


def _edges(spec: FunctionSpec, alias: Address) -> Iterator[Edge]:
    yield Edge(alias, spec.address, EdgeReason.PARENT)
    yield Edge(alias, spec.address.provisioned("published"), EdgeReason.PROVISIONED)
    qualifier = spec.settings.get("qualifier")
    if not is_blank(qualifier):
        yield Edge(alias, spec.address.provisioned(str(qualifier)), EdgeReason.PROVISIONED)


def _no_version(address: Address) -> Refusal:
    return Refusal.of(ALIAS_WITHOUT_VERSION, address)
