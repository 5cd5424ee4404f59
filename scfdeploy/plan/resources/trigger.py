"""What happens to the triggers of one function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

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
        return PlanFragment(unmanaged=tuple((resource.address, "ignoreTriggers is true") for resource in exists))
    by_address = {resource.address: resource for resource in exists}
    wanted = {trigger.address for trigger in spec.triggers}
    surplus = merge(_surplus(spec, resource, policy, reach) for resource in exists if resource.address not in wanted)
    planned = (_plan_trigger(spec, trigger, by_address.get(trigger.address)) for trigger in spec.triggers)
    return merge([surplus, *planned])


def ignores_triggers(spec: FunctionSpec) -> bool:
    """Whether the file says to leave the function's triggers to others."""
    return spec.settings.get("ignoreTriggers") is True


def _made_with_function(spec: FunctionSpec, trigger: TriggerSpec) -> PlanFragment:
    kind = trigger_type(trigger.type)
    if kind is None:
        return _not_managed(trigger.address)
    return PlanFragment((_create(spec, trigger, kind, reason="is created with its function"),))


def _not_managed(address: Address) -> PlanFragment:
    return PlanFragment(unmanaged=((address, "is of a type that is not managed here"),))


def _plan_trigger(spec: FunctionSpec, trigger: TriggerSpec, resource: Resource | None) -> PlanFragment:
    kind = trigger_type(trigger.type)
    if kind is None:
        return _not_managed(trigger.address)
    if resource is None:
        return PlanFragment((_create(spec, trigger, kind, reason=reasons.NEW),))
    # A trigger without a mark on a function of ours is taken over: the function was the thing to ask about.
    refused = refusal(resource, desired=spec.owner, policy=Policy(adopt=True))
    if refused is not None:
        return PlanFragment(rejected=(refused,))
    return PlanFragment((_existing(spec, trigger, resource, kind=kind),))


def _create(spec: FunctionSpec, trigger: TriggerSpec, kind: TriggerType, *, reason: str) -> Change:
    fields = _fields(kind)
    settings = _wanted(kind, trigger)
    return Change(trigger.address, Action.CREATE, reason, additions(fields, settings), settings, spec.owner)


def _existing(spec: FunctionSpec, trigger: TriggerSpec, resource: Resource, *, kind: TriggerType) -> Change:
    fields = _fields(kind)
    settings = _wanted(kind, trigger)
    observed = normal_settings(fields, resource.settings)
    differing = differences(fields, settings, observed)
    # A mark that cannot be written in place is not worth a gap in which events are lost.
    mark, mark_words = _mark(spec, resource) if kind.making.updatable else ((), "")
    replaced = any(field.forces_replace for field in differing)
    changed = (*differing, *mark)
    return Change(
        trigger.address,
        Action.REPLACE if replaced else Action.UPDATE if changed else Action.NO_OP,
        reasons.joined(mark_words, reasons.forcing(differing) if replaced else reasons.differing(differing))
        or reasons.SAME,
        changed,
        _merged(observed, settings),
        spec.owner,
        warnings=(f"The trigger is deleted and made again{f': it loses {kind.lost}' if kind.lost else ''}.",)
        if replaced
        else (),
    )


def plan_unbinding(spec: FunctionSpec, exists: Sequence[Resource]) -> PlanFragment:
    """Unbind, before the function goes, the triggers of the file that other products keep: they would outlive it."""
    ignored = ignores_triggers(spec)
    wanted = set() if ignored else {trigger.address for trigger in spec.triggers}
    kept = [resource for resource in exists if _is_kept(resource)]
    why = "ignored by the file" if ignored else "not in the file"
    words_for_it = f"is kept by another product and {why}; unbind it there if it is yours"
    unbound = [resource for resource in kept if resource.address in wanted]
    return PlanFragment(
        tuple(_unbound(resource) for resource in unbound),
        unmanaged=tuple((resource.address, words_for_it) for resource in kept if resource.address not in wanted),
        edges=tuple(Edge(spec.address, resource.address, EdgeReason.UNBIND) for resource in unbound),
    )


def _is_kept(resource: Resource) -> bool:
    kind = trigger_type(_type_of(resource.address))
    return kind is not None and kind.making.product != "scf"


def _unbound(resource: Resource) -> Change:
    reason = "is listed in the file and stored by another product"
    return Change(resource.address, Action.DELETE, reason, owner=resource.owner)


def trigger_edges(changes: Iterable[Change]) -> Iterator[Edge]:
    """What triggers depend on: their function, deletions of other triggers that make room, and aliases."""
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
    """A function has one URL per version and a limited number of triggers of a type.

    What an exclusive trigger binds, such as a balancer's rule, serves one function only.
    """
    of_type = [address for address in deleted if _type_of(address) == _type_of(created)]
    others = [address for address in of_type if address.of != created.of] if _is_exclusive(created) else []
    for address in (*(address for address in of_type if address.of == created.of), *others):
        yield Edge(created, address, EdgeReason.CAPACITY)


def _is_exclusive(address: Address) -> bool:
    kind = trigger_type(_type_of(address))
    return kind is not None and kind.making.exclusive


def _mark(spec: FunctionSpec, resource: Resource) -> tuple[tuple[FieldChange, ...], str]:
    change = FieldChange("owner", resource.owner.as_text() if resource.owner else None, spec.owner.as_text())
    match ownership(resource.owner, desired=spec.owner):
        case Ownership.OWNED:
            return (), ""
        case Ownership.UNOWNED:
            return (change,), "was created manually and is adopted"
    return (change,), "its ownership moves to another instance"


def _surplus(spec: FunctionSpec, resource: Resource, policy: Policy, reach: Reach) -> PlanFragment:
    """A trigger in the cloud that the file does not have."""
    kind = trigger_type(_type_of(resource.address))
    if kind is not None and not kind.making.marked:
        reason = (
            "cannot carry an ownership tag, so it is managed only if the file lists it; "
            "delete it manually if it is yours"
        )
        return PlanFragment(unmanaged=((resource.address, reason),))
    match ownership(resource.owner, desired=spec.owner):
        case Ownership.OTHER_PROJECT:
            return PlanFragment(unmanaged=((resource.address, "is owned by another project"),))
        case Ownership.OTHER_INSTANCE if not reach.covers(resource.owner):
            return PlanFragment(unmanaged=((resource.address, _of_other_instance(resource)),))
        case Ownership.UNOWNED if kind is None:
            return _not_managed(resource.address)
        case Ownership.UNOWNED if not policy.prune:
            return PlanFragment(unmanaged=((resource.address, "was created manually; --prune deletes it"),))
        case Ownership.UNOWNED:
            reason = "was created manually, and --prune is given"
        case _:
            reason = "is not in the file any more"
    fields = _fields(kind) if kind else ()
    gone = removals(fields, normal_settings(fields, resource.settings))
    return PlanFragment((Change(resource.address, Action.DELETE, reason, gone, owner=resource.owner),))


def _of_other_instance(resource: Resource) -> str:
    import shlex

    instance = resource.owner.instance if resource.owner else ""
    option = f"--prune --instance {shlex.quote(instance)}"
    return f'belongs to instance "{instance}", whose file was not read; {option} deletes it'


def _type_of(address: Address) -> str:
    return address.name.partition("/")[0]


def _fields(kind: TriggerType) -> tuple[Field, ...]:
    aside = (UpdateMode.IDENTITY, UpdateMode.TOOL)
    return tuple(field for field in kind.fields if field.update_mode not in aside and field.supported)


def _wanted(kind: TriggerType, trigger: TriggerSpec) -> dict[str, Value]:
    """What is written, as the cloud would show it once it is sent; so both sides have one form."""
    fields = _fields(kind)
    settings = normal_settings(fields, trigger.settings)
    if any(references(settings)):
        return settings
    shown = normal_settings(fields, kind.from_cloud(kind.to_cloud(trigger.name, settings)))
    return {name: _only_written(value, shown.get(name, value)) for name, value in settings.items()}


def _only_written(written: Value, shown: Value) -> Value:
    if isinstance(written, Mapping) and isinstance(shown, Mapping) and not is_blank(written):
        return {key: shown.get(key, value) for key, value in written.items()}
    return shown


def _merged(observed: Mapping[str, Value], settings: Mapping[str, Value]) -> dict[str, Value]:
    """The wanted settings over those there are: a trigger is sent as a whole, and what is not written stays."""
    merged = dict(observed)
    for name, value in settings.items():
        before = observed.get(name)
        keeps = isinstance(value, Mapping) and value and isinstance(before, Mapping)
        merged[name] = {**before, **value} if keeps else value  # type: ignore[dict-item]
    return merged
