"""What a cloud would be after a plan, worked out by hand: no calls, no time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from scfdeploy.apply.executor import resolve_references
from scfdeploy.model import Address, Bundle, Observed, Ref, Resource, Value
from scfdeploy.model.resource_kind import CONCURRENCY, FUNCTION
from scfdeploy.plan import Action, Change, Plan
from scfdeploy.triggers import trigger_type


def applied(plan: Plan, observed: Observed, bundles: Mapping[Address, Bundle]) -> Observed:
    """The cloud after every change of the plan, one by one in the plan's order, each exactly as its change says."""
    resources = dict(observed.resources)
    unlisted = {resource.address: resource for resource in observed.unlisted}
    known: dict[Ref, Value] = {}
    for change in plan.changes:
        if change.action in (Action.DELETE, Action.REPLACE):
            unlisted.pop(change.address, None)
            for address in [found for found in resources if _goes_with(found, change.address)]:
                del resources[address]
        if change.action in (Action.CREATE, Action.UPDATE, Action.REPLACE):
            known_now = resolve_references(change, known)
            made = _after(known_now, resources.get(change.address), bundles)
            resources[made.address] = made
            known |= {Ref(made.address, "version"): version for version in _published(change, made)}
    return Observed(resources, tuple(unlisted.values()), observed.taken_at + 1)


def _goes_with(address: Address, gone: Address) -> bool:
    return address == gone or (gone.kind is FUNCTION and address.of == gone)


def _after(change: Change, before: Resource | None, bundles: Mapping[Address, Bundle]) -> Resource:
    match change.address.kind.name:
        case "trigger":
            return Resource(change.address, _trigger_settings(change, before), change.owner)
        case "async":
            return Resource(change.address, {"msgTTL": 21600, "retryNum": 2, **change.settings})
        case "alias":
            return Resource(change.address, change.settings)
        case "concurrency":
            version = str(change.settings.get("qualifier", ""))
            return Resource(
                Address(CONCURRENCY, change.address.namespace, change.address.function, version), change.settings
            )
    settings = {**(before.settings if before else {}), **change.settings}
    facts: dict[str, Value] = {"functionId": "lam-1", **(before.attributes if before else {})}
    made = change.action in (Action.CREATE, Action.REPLACE)
    if made or any(field.path == "src" for field in change.fields):
        facts["codeSha256"] = bundles[change.address].sha256
    if any(field.path == "publish" for field in change.fields):
        numbers = () if made else _numbers(facts)
        facts["versions"] = (*numbers, str(max(map(int, numbers), default=0) + 1))
        facts["published"] = {"settings": settings, "codeSha256": facts.get("codeSha256", "")}
    return Resource(change.address, settings, change.owner, "Active", "", facts)


def _published(change: Change, made: Resource) -> tuple[str, ...]:
    """The version that a change publishes."""
    return _numbers(made.attributes)[-1:] if any(field.path == "publish" for field in change.fields) else ()


def _numbers(facts: Mapping[str, Value]) -> tuple[str, ...]:
    found = facts.get("versions")
    return tuple(str(one) for one in found) if isinstance(found, tuple) else ()


def _trigger_settings(change: Change, before: Resource | None) -> dict[str, Value]:
    trigger_name, _, name = change.address.name.partition("/")
    kind = trigger_type(trigger_name)
    assert kind is not None
    sent = kind.to_cloud(name, change.settings)
    was_on = bool(before.settings.get("enable", True)) if before else True
    enabled = was_on if sent.enabled is None else sent.enabled
    return kind.from_cloud(replace(sent, enabled=enabled))
