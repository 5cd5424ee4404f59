"""Plan the provisioned and the reserved concurrency of a function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scfdeploy.diagnostics import message
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
"""The name in the address when the file names no version: the instances follow the version that is published."""
_NUMBER, _VERSION, _RESERVED = "provisionedNum", "qualifier", "reservedConcurrencyMem"
_UNRESERVED = -1


def plan_concurrency_of_new(spec: FunctionSpec) -> PlanFragment:
    """Create the concurrency of a function that is created or replaced."""
    reserved = _reserve(spec, None)
    number = _desired(spec, _NUMBER)
    if not number:
        return reserved
    named = spec.settings.get(_VERSION)
    version: Value = version_of(spec) if is_blank(named) else str(named)
    change = _provisioned_change(spec, version, {_NUMBER: number}, reason=reasons.with_function())
    return _in_sequence(reserved, _of_function(spec, change))


def plan_concurrency(
    spec: FunctionSpec,
    exists: Mapping[Address, Resource],
    version: Value,
    *,
    policy: Policy,
    aliases: Iterable[Mapping[str, Value]],
) -> PlanFragment:
    """Plan the concurrency of a function that exists.

    `exists` is its observed concurrency, `version` the version that is published now, or else the newest, and
    `aliases` the settings of its aliases after the plan.
    """
    reserved = _reserve(spec, exists.get(spec.address.reserved()))
    provisioned_now = {address.name: resource for address, resource in exists.items() if address.name}
    used = {str(version) for settings in aliases for version in versions_in(settings)}
    provisioned = _provision(spec, provisioned_now, version, policy, used=used)
    # Provisioned concurrency is part of what is reserved, so it shrinks before the reservation does.
    if any(_shrinks(change) for change in reserved.changes):
        return _in_sequence(provisioned, reserved)
    return _in_sequence(reserved, provisioned)


def _in_sequence(first: PlanFragment, second: PlanFragment) -> PlanFragment:
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
    desired = _desired(spec, _RESERVED)
    if desired is None or (resource is None and desired == _UNRESERVED):
        return PlanFragment()
    fields = concurrency_fields(_RESERVED)
    settings: dict[str, Value] = {_RESERVED: desired}
    address = spec.address.reserved()
    if resource is None:
        added = additions(fields, settings)
        return _of_function(spec, Change(address, Action.CREATE, reasons.with_function(), added, settings, spec.owner))
    changed = differences(fields, settings, normal_settings(fields, resource.settings))
    action = Action.UPDATE if changed else Action.NO_OP
    reason = reasons.differing(changed) or reasons.same()
    return _of_function(spec, Change(address, action, reason, changed, settings, spec.owner))


def _provision(
    spec: FunctionSpec, observed: Mapping[str, Resource], version: Value, policy: Policy, *, used: set[str]
) -> PlanFragment:
    """Plan provisioned instances; `observed` are those that exist, by version, `used` the versions of aliases."""
    number = _desired(spec, _NUMBER)
    if number is None:
        return PlanFragment()
    named = spec.settings.get(_VERSION)
    if is_blank(named):
        if number:
            return _provision_published(spec, observed, version, policy, used=used)
        return _of_function(spec, *(_release_at_zero(spec, resource) for resource in observed.values()))
    resource = observed.get(str(named))
    others = [other for key, other in observed.items() if key != str(named)]
    changes: list[Change] = []
    if number:
        changes.append(_provisioned_change(spec, str(named), {_NUMBER: number}, before=resource))
    elif resource is not None:
        changes.append(_release_at_zero(spec, resource))
    return _with_others(_of_function(spec, *changes), spec, others, policy)


def _provision_published(
    spec: FunctionSpec, observed: Mapping[str, Resource], version: Value, policy: Policy, *, used: set[str]
) -> PlanFragment:
    """Plan instances of the published version: they move from the last version that had some."""
    current = observed.get(str(version))
    earlier = sorted((key for key in observed if key != str(version) and whole_number(key) is not None), key=int)
    last = observed[earlier[-1]] if earlier and current is None else None
    settings = {_NUMBER: _desired(spec, _NUMBER), _VERSION: version}
    change = _provisioned_change(spec, version, settings, before=current or last)
    fragment = _of_function(spec, change)
    others = [observed[key] for key in earlier if observed[key] is not last]
    if last is None:
        return _with_others(fragment, spec, others, policy)
    if last.address.name in used:
        note = message("is not released: an alias routes to this version; provisionedNum: 0 with its qualifier does it")
        remaining = PlanFragment(unmanaged=((last.address, note),))
        return _with_others(merge([fragment, remaining]), spec, others, policy)
    # Calls move to the new version before the instances of the old one are released.
    edges = (Edge(last.address, needed, EdgeReason.PROVISIONED) for needed in (change.address, *alias_addresses(spec)))
    released = _release(spec, last, message("the version that is published replaces this one"))
    return _with_others(merge([fragment, PlanFragment((released,), edges=tuple(edges))]), spec, others, policy)


def _with_others(
    fragment: PlanFragment, spec: FunctionSpec, others: Iterable[Resource], policy: Policy
) -> PlanFragment:
    """Add the instances of versions that are not in the file."""
    if policy.prune:
        reason = message("is not in the file, and --prune is given")
        return merge([fragment, _of_function(spec, *(_release(spec, resource, reason) for resource in others))])
    note = message("is not in the file; --prune releases the instances")
    return merge([fragment, PlanFragment(unmanaged=tuple((resource.address, note) for resource in others))])


def _provisioned_change(
    spec: FunctionSpec,
    version: Value,
    settings: Mapping[str, Value],
    *,
    before: Resource | None = None,
    reason: str = "",
) -> Change:
    fields = concurrency_fields(*settings)
    is_named = not is_blank(spec.settings.get(_VERSION))
    address = spec.address.provisioned(str(version) if is_named else PUBLISHED)
    all_settings = {**settings, _VERSION: version}
    if before is None:
        added = additions(fields, settings)
        return Change(address, Action.CREATE, reason or reasons.new(), added, all_settings, spec.owner)
    observed = {_VERSION: before.address.name, **normal_settings(fields, before.settings)}
    changed = differences(fields, settings, observed)
    action = Action.UPDATE if changed else Action.NO_OP
    return Change(address, action, reasons.differing(changed) or reasons.same(), changed, all_settings, spec.owner)


def _release_at_zero(spec: FunctionSpec, resource: Resource) -> Change:
    return _release(spec, resource, message("provisionedNum is 0"))


def _release(spec: FunctionSpec, resource: Resource, reason: str) -> Change:
    fields = (FieldChange(_NUMBER, resource.settings.get(_NUMBER), None),)
    return Change(resource.address, Action.DELETE, reason, fields, owner=spec.owner)


def _shrinks(change: Change) -> bool:
    return any(
        isinstance(field.after, int)
        and field.after != _UNRESERVED
        and (field.before is None or field.before == _UNRESERVED or _less(field.after, field.before))
        for field in change.fields
    )


def _less(after: int, before: Value) -> bool:
    return isinstance(before, int) and after < before


def _desired(spec: FunctionSpec, name: str) -> int | None:
    value = normal_settings(concurrency_fields(name), spec.settings).get(name)
    return value if isinstance(value, int) else None
