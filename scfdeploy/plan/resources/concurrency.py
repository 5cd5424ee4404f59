"""What happens to the instances that are kept ready of a version, and to the concurrency that a function reserves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from scfdeploy.model import Address, FunctionSpec, Resource, Value
from scfdeploy.model.value import whole_number
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Action, Change, FieldChange
from scfdeploy.plan.diff.differences import additions, differences
from scfdeploy.plan.diff.normalise import concurrency_fields, is_blank, normal_settings
from scfdeploy.plan.edges import Edge, EdgeReason, PlanFragment, merge
from scfdeploy.plan.policy import Policy
from scfdeploy.plan.resources.alias import alias_addresses, versions_in
from scfdeploy.plan.resources.version import version_of

PUBLISHED = "published"
"""Where the file names no version: the instances of the one that is published, whichever that is."""
_NUMBER, _VERSION, _RESERVED = "provisionedNum", "qualifier", "reservedConcurrencyMem"
_UNRESERVED = -1


def plan_concurrency_of_new(spec: FunctionSpec) -> PlanFragment:
    """The concurrency of a function that is made now, or made again."""
    reserved = _reserve(spec, None)
    number = _wanted(spec, _NUMBER)
    if not number:
        return reserved
    named = spec.settings.get(_VERSION)
    version: Value = version_of(spec) if is_blank(named) else str(named)
    provisioned = _of_function(
        spec, _kept_ready(spec, version, {_NUMBER: number}, reason="is created with its function")
    )
    return _one_after_another(reserved, provisioned)


def plan_concurrency(
    spec: FunctionSpec,
    exists: Mapping[Address, Resource],
    version: Value,
    *,
    policy: Policy,
    aliases: Iterable[Mapping[str, Value]],
) -> PlanFragment:
    """The concurrency of a function that exists.

    `exists` is its observed concurrency, `version` the version that is published now, or else the newest, and
    `aliases` the settings of its aliases after the plan.
    """
    reserved = _reserve(spec, exists.get(spec.address.reserved()))
    provisioned_now = {address.name: resource for address, resource in exists.items() if address.name}
    used = {str(version) for settings in aliases for version in versions_in(settings)}
    provisioned = _provision(spec, provisioned_now, version, policy, used=used)
    # Provisioned concurrency is part of what is reserved, so it shrinks before the reservation does.
    if any(_shrinks(change) for change in reserved.changes):
        return _one_after_another(provisioned, reserved)
    return _one_after_another(reserved, provisioned)


def _one_after_another(first: PlanFragment, second: PlanFragment) -> PlanFragment:
    edges = (
        Edge(later.address, earlier.address, EdgeReason.RESERVED)
        for later in second.changes
        for earlier in first.changes
    )
    return merge([first, second, PlanFragment(edges=tuple(edges))])


def _of_function(spec: FunctionSpec, *changes: Change) -> PlanFragment:
    return PlanFragment(
        changes, edges=tuple(Edge(change.address, spec.address, EdgeReason.PARENT) for change in changes)
    )


def _reserve(spec: FunctionSpec, resource: Resource | None) -> PlanFragment:
    wanted = _wanted(spec, _RESERVED)
    if wanted is None:
        return PlanFragment()
    fields = concurrency_fields(_RESERVED)
    settings: dict[str, Value] = {_RESERVED: wanted}
    address = spec.address.reserved()
    if resource is None:
        if wanted == _UNRESERVED:
            return PlanFragment()
        added = additions(fields, settings)
        return _of_function(
            spec, Change(address, Action.CREATE, "is created with its function", added, settings, spec.owner)
        )
    changed = differences(fields, settings, normal_settings(fields, resource.settings))
    action = Action.UPDATE if changed else Action.NO_OP
    reason = reasons.differing(changed) or reasons.SAME
    return _of_function(spec, Change(address, action, reason, changed, settings, spec.owner))


def _provision(
    spec: FunctionSpec, shown: Mapping[str, Resource], version: Value, policy: Policy, *, used: set[str]
) -> PlanFragment:
    number = _wanted(spec, _NUMBER)
    if number is None:
        return PlanFragment()
    named = spec.settings.get(_VERSION)
    if not is_blank(named):
        rest = [resource for key, resource in shown.items() if key != str(named)]
        kept = _of_function(spec, *_named(spec, str(named), number, shown.get(str(named))))
        return _with_rest(kept, spec, rest, policy)
    if number == 0:
        return _of_function(spec, *(_given_back(spec, resource, "provisionedNum is 0") for resource in shown.values()))
    return _published(spec, shown, version, policy, used=used)


def _named(spec: FunctionSpec, version: str, number: int, resource: Resource | None) -> Iterator[Change]:
    if number == 0:
        if resource is not None:
            yield _given_back(spec, resource, "provisionedNum is 0")
        return
    yield _kept_ready(spec, version, {_NUMBER: number}, before=resource)


def _published(
    spec: FunctionSpec, shown: Mapping[str, Resource], version: Value, policy: Policy, *, used: set[str]
) -> PlanFragment:
    """Instances of the version that is published: they move from the one that had them last."""
    there = shown.get(str(version))
    earlier = sorted((key for key in shown if key != str(version) and whole_number(key) is not None), key=int)
    last = shown[earlier[-1]] if earlier and there is None else None
    settings = {_NUMBER: _wanted(spec, _NUMBER), _VERSION: version}
    change = _kept_ready(spec, version, settings, before=there or last)
    kept = _of_function(spec, change)
    rest = [shown[key] for key in earlier if shown[key] is not last]
    if last is None:
        return _with_rest(kept, spec, rest, policy)
    if last.address.name in used:
        note = (last.address, "stays, for an alias leads to this version; provisionedNum: 0 with its qualifier ends it")
        return _with_rest(merge([kept, PlanFragment(unmanaged=(note,))]), spec, rest, policy)
    # Calls move to the new version before the instances of the old one go.
    edges = (Edge(last.address, needed, EdgeReason.PROVISIONED) for needed in (change.address, *alias_addresses(spec)))
    gone = _given_back(spec, last, "the version that is published takes its place")
    return _with_rest(merge([kept, PlanFragment((gone,), edges=tuple(edges))]), spec, rest, policy)


def _with_rest(part: PlanFragment, spec: FunctionSpec, rest: Iterable[Resource], policy: Policy) -> PlanFragment:
    """What other versions have is not in the file."""
    if policy.prune:
        gone = (_given_back(spec, resource, "is not in the file, and --prune is given") for resource in rest)
        return merge([part, _of_function(spec, *gone)])
    notes = tuple((resource.address, "is not in the file; --prune gives the instances back") for resource in rest)
    return merge([part, PlanFragment(unmanaged=notes)])


def _kept_ready(
    spec: FunctionSpec,
    version: Value,
    settings: Mapping[str, Value],
    *,
    before: Resource | None = None,
    reason: str = reasons.NEW,
) -> Change:
    fields = concurrency_fields(*settings)
    is_named = not is_blank(spec.settings.get(_VERSION))
    address = spec.address.provisioned(str(version) if is_named else PUBLISHED)
    whole = {**settings, _VERSION: version}
    if before is None:
        return Change(address, Action.CREATE, reason, additions(fields, settings), whole, spec.owner)
    observed = {_VERSION: before.address.name, **normal_settings(fields, before.settings)}
    changed = differences(fields, settings, observed)
    action = Action.UPDATE if changed else Action.NO_OP
    return Change(address, action, reasons.differing(changed) or reasons.SAME, changed, whole, spec.owner)


def _given_back(spec: FunctionSpec, resource: Resource, reason: str) -> Change:
    number = resource.settings.get(_NUMBER)
    gone = (FieldChange(_NUMBER, number, None),)
    return Change(resource.address, Action.DELETE, reason, gone, owner=spec.owner)


def _shrinks(change: Change) -> bool:
    return any(
        isinstance(field.after, int)
        and field.after != _UNRESERVED
        and (field.before is None or field.before == _UNRESERVED or _less(field.after, field.before))
        for field in change.fields
    )


def _less(after: int, before: Value) -> bool:
    return isinstance(before, int) and after < before


def _wanted(spec: FunctionSpec, name: str) -> int | None:
    value = normal_settings(concurrency_fields(name), spec.settings).get(name)
    return value if isinstance(value, int) else None
