"""What happens to one function itself; its triggers and asynchronous settings are planned beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.facts import limit
from scfdeploy.model import Bundle, Field, FunctionSpec, Resource, Value
from scfdeploy.plan import reasons
from scfdeploy.plan.change import Action, Change, FieldChange, Refusal
from scfdeploy.plan.diff.differences import (
    CODE_PATH,
    additions,
    code_addition,
    code_difference,
    code_upload,
    differences,
    fill_defaults,
    unmanaged_names,
)
from scfdeploy.plan.diff.normalise import function_fields, is_blank, normal_settings
from scfdeploy.plan.policy import Ownership, Policy, ownership, refusal, refused_replacement
from scfdeploy.plan.resources.trigger import ignores_triggers
from scfdeploy.triggers import trigger_type

# What a failed creation leaves cannot be updated, and what is being deleted is soon gone: both are deleted and made
# again. A deletion waits for one that runs.
_BEYOND_UPDATE = {
    "CreateFailed": "its creation failed{why}; it is deleted and made again",
    "Deleting": "it is being deleted; it is made again once it is gone",
}
_UPDATE_FAILED = "UpdateFailed"
# What every function needs, so that it is filled in where it is not written: for a new function only.
_FILLED_IN = ("runtime", "handler")
_SETTLED = ("", "Active", _UPDATE_FAILED)


def plan_function(
    spec: FunctionSpec,
    bundle: Bundle | None,
    resource: Resource | None,
    *,
    triggers: Sequence[Resource],
    policy: Policy,
) -> Change | Refusal:
    """The change that makes the function as the file says, or why policy forbids it. `triggers` are those it has."""
    fields = function_fields(spec)
    settings = normal_settings(fields, spec.settings)
    if resource is None:
        added = (*additions(fields, settings), *code_addition(bundle))
        return Change(spec.address, Action.CREATE, reasons.NEW, added, settings, spec.owner)
    refused = refusal(resource, desired=spec.owner, policy=policy)
    if refused is not None:
        return refused
    return _existing(spec, bundle, resource, fields=fields, settings=settings, triggers=triggers)


def deletion(resource: Resource, reason: str) -> Change:
    """The deletion of a function; its parts are deleted with it."""
    warning = message("Its published versions, aliases and triggers are deleted with it.")
    return Change(resource.address, Action.DELETE, reason, owner=resource.owner, warnings=(warning,))


def _existing(
    spec: FunctionSpec,
    bundle: Bundle | None,
    resource: Resource,
    *,
    fields: tuple[Field, ...],
    settings: dict[str, Value],
    triggers: Sequence[Resource],
) -> Change | Refusal:
    observed = normal_settings(fields, resource.settings)
    settings = fill_defaults(_keeping(spec, settings, observed), observed)
    differing = (*differences(fields, settings, observed), *code_difference(bundle, resource))
    if resource.state == _UPDATE_FAILED and not any(field.path == CODE_PATH for field in differing):
        differing = (*differing, *code_upload(bundle, resource))
    marks, mark_words = _mark(spec, resource)
    cause = _replacement(differing, resource)
    if cause:
        if resource.owner != spec.owner and resource.state != "CreateFailed":
            return refused_replacement(resource, cause)
        return Change(
            spec.address,
            Action.REPLACE,
            reasons.joined(cause, mark_words),
            (*differing, *marks),
            settings,
            spec.owner,
            warnings=() if resource.state == "CreateFailed" else _lost(spec, fields, settings, observed, triggers),
        )
    changed = (*differing, *marks)
    return Change(
        spec.address,
        Action.UPDATE if changed else Action.NO_OP,
        reasons.joined(mark_words, _difference_words(differing, resource), _state_words(resource)) or reasons.SAME,
        changed,
        settings,
        spec.owner,
        warnings=_update_warnings(resource),
    )


def _keeping(spec: FunctionSpec, settings: Mapping[str, Value], observed: Mapping[str, Value]) -> dict[str, Value]:
    """The settings, those that were only filled in giving way to what the function has.

    Code and image cannot take each other's place: where they would, `deployMode` says so, and forces a replacement.
    """
    mode, shown = _mode(settings), _mode(observed)
    if mode != shown:
        return {**settings, "deployMode": mode}
    kept = {
        name: observed[name]
        for name in _FILLED_IN
        if name in settings and (name,) not in spec.key_spans and not is_blank(observed.get(name))
    }
    return {**settings, **kept}


def _mode(settings: Mapping[str, Value]) -> str:
    return "code" if is_blank(settings.get("image")) else "image"


def _of_kind(observed: Mapping[str, Value]) -> tuple[str, ...]:
    """What comes with being made of code or of an image: no setting that a replacement could lose."""
    names = (*_FILLED_IN, "image", "deployMode")
    usual = limit("init_timeout.image_default_s")
    is_usual_start = _mode(observed) == "image" and observed.get("initTimeout") == usual
    return (*names, "initTimeout") if is_usual_start else names


def _mark(spec: FunctionSpec, resource: Resource) -> tuple[tuple[FieldChange, ...], str]:
    """The tags of the mark that change, and why."""
    before: Mapping[str, Value] = resource.owner.as_tags() if resource.owner else {}
    changes = tuple(
        FieldChange(f"tags.{key}", before.get(key), text)
        for key, text in spec.owner.as_tags().items()
        if before.get(key) != text
    )
    match ownership(resource.owner, desired=spec.owner):
        case Ownership.UNOWNED:
            return changes, "adopt: exists without an ownership tag and becomes owned by this project"
        case Ownership.OTHER_INSTANCE if resource.owner:
            return changes, f'its ownership moves from instance "{resource.owner.instance}" to "{spec.owner.instance}"'
    return changes, ""


def _replacement(differing: tuple[FieldChange, ...], resource: Resource) -> str:
    """Why the function cannot be updated, or nothing."""
    if resource.state in _BEYOND_UPDATE:
        why = f": {resource.state_reason}" if resource.state_reason else ""
        return _BEYOND_UPDATE[resource.state].format(why=why)
    return reasons.forcing(differing) if any(field.forces_replace for field in differing) else ""


def _difference_words(differing: tuple[FieldChange, ...], resource: Resource) -> str:
    if resource.state != _UPDATE_FAILED or not any(field.path == CODE_PATH for field in differing):
        return reasons.differing(differing)
    rest = reasons.differing(field for field in differing if field.path != CODE_PATH)
    return reasons.joined(rest, "its last update failed, so the code is sent again")


def _state_words(resource: Resource) -> str:
    return "" if resource.state in _SETTLED else f"the cloud still says {resource.state}"


def _update_warnings(resource: Resource) -> tuple[str, ...]:
    if resource.state != _UPDATE_FAILED:
        return ()
    why = f": {resource.state_reason}" if resource.state_reason else ""
    return (f"The last update failed{why}. Until one succeeds, calls run what was there before.",)


def _lost(
    spec: FunctionSpec,
    fields: tuple[Field, ...],
    settings: Mapping[str, Value],
    observed: Mapping[str, Value],
    triggers: Sequence[Resource],
) -> tuple[str, ...]:
    warnings = [
        "The function is deleted and made again: calls fail in between.",
        "Lost for good: its function id, published versions, aliases and the history of its triggers.",
    ]
    for trigger in triggers:
        kind = trigger_type(trigger.address.name.partition("/")[0])
        if kind is not None and kind.lost:
            warnings.append(f"Trigger {trigger.address.name} loses {kind.lost}.")
    ignored = ignores_triggers(spec)
    if ignored and triggers:
        gone = reasons.listed([trigger.address.name for trigger in triggers])
        warnings.append(f"ignoreTriggers is true, so no trigger is made again: {gone}.")
    by_hand = [trigger.address.name for trigger in triggers if trigger.owner is None and not ignored]
    if by_hand:
        warnings.append(f"Manually created triggers are deleted with it: {reasons.listed(by_hand)}.")
    plain = unmanaged_names((field for field in fields if field.name not in _of_kind(observed)), settings, observed)
    if plain:
        warnings.append(
            f"Settings that the file does not have return to the platform's default: {reasons.listed(plain)}."
        )
    return tuple(warnings)
