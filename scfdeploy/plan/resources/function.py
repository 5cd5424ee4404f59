"""Plan one function, without the resources that belong to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scfdeploy.diagnostics import Finding, Severity, message
from scfdeploy.facts import limit
from scfdeploy.model import Bundle, Field, FunctionSpec, Resource, Value
from scfdeploy.model.observed import ACTIVE
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
from scfdeploy.plan.policy import Policy, ownership_tag_changes, refusal, refused_replacement
from scfdeploy.plan.resources.trigger import ignores_triggers
from scfdeploy.triggers import trigger_type

CODE_UNKNOWN = Finding(
    "code-unknown",
    Severity.ERROR,
    "Code is needed",
    detail="{cause}, and with `src: false` there is no code for it",
    hint="Write the folder of the code at `src`; scfdeploy import NAME --code downloads the deployed code.",
    title="A change needs code that the file does not name.",
    what="The file says `src: false`, so scfdeploy leaves the code of the function alone. The function does not exist "
    "yet, or one of its changes needs the code: a replacement, or another `handler`.",
    why="A function cannot be created without code, and a replacement would lose the deployed code.",
    wrong="`src: false` for a new function.",
    right="`src: ./src`, with the code in that folder.",
)

_CREATE_FAILED, _DELETING, _UPDATE_FAILED = "CreateFailed", "Deleting", "UpdateFailed"
# Every function needs these, so the reader fills them in if they are not written. That applies to new functions only.
_FILLED_IN = ("runtime", "handler")
_UPDATABLE = ("", ACTIVE, _UPDATE_FAILED)


def plan_function(
    spec: FunctionSpec,
    bundle: Bundle | None,
    resource: Resource | None,
    *,
    triggers: Sequence[Resource],
    policy: Policy,
) -> Change | Refusal:
    """The change that makes the function match the file, or why policy forbids it.

    `triggers` are the existing triggers of the function.
    """
    fields = function_fields(spec)
    settings = normal_settings(fields, spec.settings)
    if resource is None and spec.keeps_code:
        return Refusal.of(CODE_UNKNOWN, spec.address, cause=message("does not exist yet"))
    if resource is None:
        added = (*additions(fields, settings), *code_addition(bundle))
        return Change(spec.address, Action.CREATE, reasons.new(), added, settings, spec.owner)
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
    settings = fill_defaults(_with_deployed(spec, settings, observed), observed)
    differing = (*differences(fields, settings, observed), *code_difference(bundle, resource))
    if resource.state == _UPDATE_FAILED and not any(field.path == CODE_PATH for field in differing):
        differing = (*differing, *code_upload(bundle, resource))
    tags, adoption = ownership_tag_changes(resource, desired=spec.owner)
    cause = _replacement_reason(differing, resource)
    if spec.keeps_code and (cause or any(field.path == "handler" for field in differing)):
        reason = cause or message("handler is changed together with the code")
        return Refusal.of(CODE_UNKNOWN, spec.address, cause=reason)
    if cause:
        if resource.owner != spec.owner and resource.state != _CREATE_FAILED:
            return refused_replacement(resource, cause)
        return Change(
            spec.address,
            Action.REPLACE,
            reasons.joined(cause, adoption),
            (*differing, *tags),
            settings,
            spec.owner,
            warnings=()
            if resource.state == _CREATE_FAILED
            else _replacement_warnings(spec, fields, settings, observed, triggers),
        )
    changed = (*differing, *tags)
    return Change(
        spec.address,
        Action.UPDATE if changed else Action.NO_OP,
        reasons.joined(adoption, _update_reason(differing, resource), _state_reason(resource)) or reasons.same(),
        changed,
        settings,
        spec.owner,
        warnings=_update_warnings(resource),
    )


def _with_deployed(
    spec: FunctionSpec, settings: Mapping[str, Value], observed: Mapping[str, Value]
) -> dict[str, Value]:
    """The settings, with the deployed values of those that were only filled in.

    Code cannot replace an image, nor an image code: `deployMode` then differs, which forces a replacement.
    """
    mode = _mode(settings)
    if mode != _mode(observed):
        return {**settings, "deployMode": mode}
    deployed = {
        name: observed[name]
        for name in _FILLED_IN
        if name in settings and (name,) not in spec.key_spans and not is_blank(observed.get(name))
    }
    return {**settings, **deployed}


def _mode(settings: Mapping[str, Value]) -> str:
    return "code" if is_blank(settings.get("image")) else "image"


def _mode_settings(observed: Mapping[str, Value]) -> tuple[str, ...]:
    """The settings that depend on the deploy mode, so a replacement does not lose them."""
    names = (*_FILLED_IN, "image", "deployMode")
    default = limit("init_timeout.image_default_s")
    has_default = _mode(observed) == "image" and observed.get("initTimeout") == default
    return (*names, "initTimeout") if has_default else names


def _replacement_reason(differing: tuple[FieldChange, ...], resource: Resource) -> str:
    """Why the function cannot be updated; empty if it can."""
    if resource.state == _CREATE_FAILED:
        return message("its creation failed{cause}; it is deleted and recreated", cause=_cause(resource))
    if resource.state == _DELETING:
        # The new deletion waits for the one in progress.
        return message("it is being deleted; it is recreated afterwards")
    return reasons.forcing(differing) if any(field.forces_replace for field in differing) else ""


def _update_reason(differing: tuple[FieldChange, ...], resource: Resource) -> str:
    if resource.state != _UPDATE_FAILED or not any(field.path == CODE_PATH for field in differing):
        return reasons.differing(differing)
    rest = reasons.differing(field for field in differing if field.path != CODE_PATH)
    return reasons.joined(rest, message("its last update failed, so the code is uploaded again"))


def _state_reason(resource: Resource) -> str:
    return "" if resource.state in _UPDATABLE else message("its state is {state}", state=resource.state)


def _update_warnings(resource: Resource) -> tuple[str, ...]:
    if resource.state != _UPDATE_FAILED:
        return ()
    return (
        message(
            "The last update failed{cause}. Until one succeeds, calls run the version before it.",
            cause=_cause(resource),
        ),
    )


def _cause(resource: Resource) -> str:
    return f": {resource.state_reason}" if resource.state_reason else ""


def _replacement_warnings(
    spec: FunctionSpec,
    fields: tuple[Field, ...],
    settings: Mapping[str, Value],
    observed: Mapping[str, Value],
    triggers: Sequence[Resource],
) -> tuple[str, ...]:
    warnings = [
        message("The function is deleted and recreated: calls fail in between."),
        message("Lost permanently: its function id, published versions, aliases and the history of its triggers."),
    ]
    if observed.get("traceEnable") is True:
        warnings.append(message("Status records of the last 3 days are also deleted. Run scfdeploy events pull first."))
    for trigger in triggers:
        kind = trigger_type(trigger.address.trigger_type)
        if kind is not None and kind.lost:
            warnings.append(message("Trigger {name} loses {lost}.", name=trigger.address.name, lost=message(kind.lost)))
    ignored = ignores_triggers(spec)
    if ignored and triggers:
        names = reasons.listed([trigger.address.name for trigger in triggers])
        warnings.append(message("ignoreTriggers is true, so no trigger is recreated: {names}.", names=names))
    manual = [trigger.address.name for trigger in triggers if trigger.owner is None and not ignored]
    if manual:
        warnings.append(
            message("Manually created triggers are deleted with it: {names}.", names=reasons.listed(manual))
        )
    compared = (field for field in fields if field.name not in _mode_settings(observed))
    reset = unmanaged_names(compared, settings, observed)
    if reset:
        warnings.append(
            message(
                "Settings that the file does not have return to the platform's default: {names}.",
                names=reasons.listed(reset),
            )
        )
    return tuple(warnings)
