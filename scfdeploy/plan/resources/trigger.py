"""Plan the triggers of one function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.model import Address, Field, FunctionSpec, Resource, TriggerSpec, UpdateMode, Value
from scfdeploy.model.resource_kind import TRIGGER
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Action, Change, FieldChange
from scfdeploy.plan.diff.differences import additions, differences, removals
from scfdeploy.plan.diff.normalise import is_blank, normal_settings
from scfdeploy.plan.edges import Edge, EdgeReason, PlanFragment, merge
from scfdeploy.plan.policy import Ownership, Policy, ownership, refusal
from scfdeploy.plan.reach import Reach
from scfdeploy.plan.resolve import references
from scfdeploy.triggers import TriggerType, trigger_type


def plan_triggers_of_new(spec: FunctionSpec) -> PlanFragment:
    """Create the triggers of a function that is created or replaced."""
    if ignores_triggers(spec):
        return PlanFragment()
    return merge(_made_with_function(spec, trigger) for trigger in spec.triggers)


def plan_triggers(spec: FunctionSpec, exists: Sequence[Resource], policy: Policy, reach: Reach) -> PlanFragment:
    """Plan the triggers of a function that exists and is owned or adopted; `reach` says which may be deleted."""
    if ignores_triggers(spec):
        return PlanFragment(
            unmanaged=tuple((resource.address, message("ignoreTriggers is true")) for resource in exists)
        )
    by_address = {resource.address: resource for resource in exists}
    listed = {trigger.address for trigger in spec.triggers}
    surplus = merge(_surplus(spec, resource, policy, reach) for resource in exists if resource.address not in listed)
    planned = (_plan_trigger(spec, trigger, by_address.get(trigger.address)) for trigger in spec.triggers)
    return merge([surplus, *planned])


def ignores_triggers(spec: FunctionSpec) -> bool:
    """Whether the file says that triggers of the function are not managed."""
    return spec.settings.get("ignoreTriggers") is True


def _made_with_function(spec: FunctionSpec, trigger: TriggerSpec) -> PlanFragment:
    kind = trigger_type(trigger.type)
    if kind is None:
        return _not_managed(trigger.address)
    return PlanFragment((_create(spec, trigger, kind, reason=reasons.with_function()),))


def _not_managed(address: Address) -> PlanFragment:
    return PlanFragment(unmanaged=((address, message("has a type that is not managed")),))


def _plan_trigger(spec: FunctionSpec, trigger: TriggerSpec, resource: Resource | None) -> PlanFragment:
    kind = trigger_type(trigger.type)
    if kind is None:
        return _not_managed(trigger.address)
    if resource is None:
        return PlanFragment((_create(spec, trigger, kind, reason=reasons.new()),))
    # An unowned trigger of an owned function is adopted: policy decides on the function.
    refused = refusal(resource, desired=spec.owner, policy=Policy(adopt=True))
    if refused is not None:
        return PlanFragment(rejected=(refused,))
    return PlanFragment((_existing(spec, trigger, resource, kind=kind),))


def _create(spec: FunctionSpec, trigger: TriggerSpec, kind: TriggerType, *, reason: str) -> Change:
    fields = _fields(kind)
    settings = _desired(kind, trigger)
    return Change(trigger.address, Action.CREATE, reason, additions(fields, settings), settings, spec.owner)


def _existing(spec: FunctionSpec, trigger: TriggerSpec, resource: Resource, *, kind: TriggerType) -> Change:
    fields = _fields(kind)
    settings = _desired(kind, trigger)
    observed = normal_settings(fields, resource.settings)
    differing = differences(fields, settings, observed)
    # An ownership tag is not worth a replacement, during which events are lost.
    owner, adoption = _ownership_change(spec, resource) if kind.making.updatable else ((), "")
    replaced = any(field.forces_replace for field in differing)
    changed = (*differing, *owner)
    reason = reasons.forcing(differing) if replaced else reasons.differing(differing)
    return Change(
        trigger.address,
        Action.REPLACE if replaced else Action.UPDATE if changed else Action.NO_OP,
        reasons.joined(adoption, reason) or reasons.same(),
        changed,
        _merged(observed, settings),
        spec.owner,
        warnings=(_replacement_warning(kind),) if replaced else (),
    )


def _replacement_warning(kind: TriggerType) -> str:
    if kind.lost:
        return message("The trigger is deleted and recreated: it loses {lost}.", lost=message(kind.lost))
    return message("The trigger is deleted and recreated.")


def plan_unbinding(spec: FunctionSpec, exists: Sequence[Resource]) -> PlanFragment:
    """Delete the triggers in the file that other products store, because the function's deletion does not."""
    ignored = ignores_triggers(spec)
    listed = set() if ignored else {trigger.address for trigger in spec.triggers}
    stored_elsewhere = [resource for resource in exists if _is_stored_elsewhere(resource)]
    deleted = [resource for resource in stored_elsewhere if resource.address in listed]
    reason = message("is listed in the file and stored by another product")
    note = (
        message("is stored by another product and ignored by the file; delete it there if it is yours")
        if ignored
        else message("is stored by another product and not in the file; delete it there if it is yours")
    )
    return PlanFragment(
        tuple(Change(resource.address, Action.DELETE, reason, owner=resource.owner) for resource in deleted),
        unmanaged=tuple((resource.address, note) for resource in stored_elsewhere if resource.address not in listed),
        edges=tuple(Edge(spec.address, resource.address, EdgeReason.UNBIND) for resource in deleted),
    )


def _is_stored_elsewhere(resource: Resource) -> bool:
    kind = trigger_type(resource.address.trigger_type)
    return kind is not None and kind.making.product != "scf"


def trigger_edges(changes: Iterable[Change]) -> Iterator[Edge]:
    """The dependencies of triggers on their functions, on aliases, and on deletions that free capacity."""
    triggers, deleted_functions = [], set()
    for change in changes:
        if change.address.kind is TRIGGER:
            triggers.append(change)
        elif change.action is Action.DELETE:
            deleted_functions.add(change.address)
    deleted = [change.address for change in triggers if change.action is Action.DELETE]
    for change in triggers:
        function = change.address.of
        if function in deleted_functions:
            continue
        yield Edge(change.address, function, EdgeReason.PARENT)
        if change.action is Action.CREATE:
            yield from _capacity_edges(change.address, deleted)
        qualifier = change.settings.get("qualifier")
        if isinstance(qualifier, str):
            yield Edge(change.address, function.alias(qualifier), EdgeReason.ALIAS)


def _capacity_edges(created: Address, deleted: Sequence[Address]) -> Iterator[Edge]:
    """Create a trigger after the deletion of others of its type that free capacity for it.

    A function has one URL per version and a limited number of triggers of a type. The target of an exclusive trigger,
    such as a rule of a load balancer, can have one function only.
    """
    kind = trigger_type(created.trigger_type)
    is_exclusive = kind is not None and kind.making.exclusive
    same_type = [address for address in deleted if address.trigger_type == created.trigger_type]
    for address in sorted(same_type, key=lambda address: address.of != created.of):
        if is_exclusive or address.of == created.of:
            yield Edge(created, address, EdgeReason.CAPACITY)


def _ownership_change(spec: FunctionSpec, resource: Resource) -> tuple[tuple[FieldChange, ...], str]:
    change = FieldChange("owner", resource.owner.as_text() if resource.owner else None, spec.owner.as_text())
    match ownership(resource.owner, desired=spec.owner):
        case Ownership.OWNED:
            return (), ""
        case Ownership.UNOWNED:
            return (change,), message("was created manually and is adopted")
    return (change,), message("its ownership moves to another instance")


def _surplus(spec: FunctionSpec, resource: Resource, policy: Policy, reach: Reach) -> PlanFragment:
    """Plan an existing trigger that is not in the file."""
    kind = trigger_type(resource.address.trigger_type)
    if kind is not None and not kind.making.marked:
        reason = message(
            "cannot have an ownership tag, so it is managed only if the file lists it; "
            "delete it manually if it is yours"
        )
        return PlanFragment(unmanaged=((resource.address, reason),))
    match ownership(resource.owner, desired=spec.owner):
        case Ownership.OTHER_PROJECT:
            return PlanFragment(unmanaged=((resource.address, message("is owned by another project")),))
        case Ownership.OTHER_INSTANCE if not reach.covers(resource.owner):
            return PlanFragment(unmanaged=((resource.address, _other_instance(resource)),))
        case Ownership.UNOWNED if kind is None:
            return _not_managed(resource.address)
        case Ownership.UNOWNED if not policy.prune:
            return PlanFragment(unmanaged=((resource.address, message("was created manually; --prune deletes it")),))
        case Ownership.UNOWNED:
            reason = message("was created manually, and --prune is given")
        case _:
            reason = message("is not in the file any more")
    fields = _fields(kind) if kind else ()
    removed = removals(fields, normal_settings(fields, resource.settings))
    return PlanFragment((Change(resource.address, Action.DELETE, reason, removed, owner=resource.owner),))


def _other_instance(resource: Resource) -> str:
    import shlex

    instance = resource.owner.instance if resource.owner else ""
    option = f"--prune --instance {shlex.quote(instance)}"
    return message(
        'belongs to instance "{instance}", whose file was not read; {option} deletes it',
        instance=instance,
        option=option,
    )


def _fields(kind: TriggerType) -> tuple[Field, ...]:
    excluded = (UpdateMode.IDENTITY, UpdateMode.TOOL)
    return tuple(field for field in kind.fields if field.update_mode not in excluded and field.supported)


def _desired(kind: TriggerType, trigger: TriggerSpec) -> dict[str, Value]:
    """The written settings in the form in which the API would return them."""
    fields = _fields(kind)
    settings = normal_settings(fields, trigger.settings)
    if any(references(settings)):
        return settings
    returned = normal_settings(fields, kind.from_cloud(kind.to_cloud(trigger.name, settings)))
    return {name: _only_written(value, returned.get(name, value)) for name, value in settings.items()}


def _only_written(written: Value, shown: Value) -> Value:
    if isinstance(written, Mapping) and isinstance(shown, Mapping) and not is_blank(written):
        return {key: shown.get(key, value) for key, value in written.items()}
    return shown


def _merged(observed: Mapping[str, Value], settings: Mapping[str, Value]) -> dict[str, Value]:
    """The observed settings with the written ones over them: the API replaces all settings of a trigger."""
    merged = dict(observed)
    for name, value in settings.items():
        before = observed.get(name)
        keeps = isinstance(value, Mapping) and value and isinstance(before, Mapping)
        merged[name] = {**before, **value} if keeps else value  # type: ignore[dict-item]
    return merged
