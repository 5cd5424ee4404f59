"""The JSON document of a plan, which scripts of users read. It contains no sensitive values, and is English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scfdeploy.diagnostics.messages import in_english
from scfdeploy.model import Ref, Secret, Value
from scfdeploy.plan.change import Action, Change, FieldChange, Plan

SENSITIVE = "(sensitive)"
_SUMMARY = {
    "create": Action.CREATE,
    "update": Action.UPDATE,
    "replace": Action.REPLACE,
    "delete": Action.DELETE,
    "unchanged": Action.NO_OP,
}


def as_document(plan: Plan) -> dict[str, Any]:
    """The keys of the document; `targets` only in a partial plan."""
    return {
        "project": {"app": plan.project.app, "stage": plan.project.stage, "region": plan.project.region},
        "changes": [_change(change) for change in plan.changes],
        "summary": {name: plan.count(action) for name, action in _SUMMARY.items()},
        "refused": [
            {
                "address": str(refusal.address),
                "rule": refusal.rule,
                "reason": in_english(refusal.reason),
                "hint": in_english(refusal.hint),
            }
            for refusal in plan.rejected
        ],
        "leftAlone": [{"address": str(address), "reason": in_english(reason)} for address, reason in plan.unmanaged],
        **partial_keys(plan),
        **refresh_keys(plan),
    }


def refresh_keys(plan: Plan) -> dict[str, Any]:
    """`refresh` of a plan for which some functions may not have been read in full; none otherwise."""
    refresh = plan.refresh
    if refresh is None:
        return {}
    return {
        "refresh": {
            "mode": refresh.mode,
            "functions": refresh.functions,
            "unread": refresh.unread,
            "unreadResources": refresh.unread_resources,
        }
    }


def partial_keys(plan: Plan) -> dict[str, Any]:
    """`partial` and `targets` of a plan that is limited to targets; none otherwise."""
    return {"partial": True, "targets": [str(target) for target in plan.targets]} if plan.targets else {}


def field_document(change: FieldChange) -> dict[str, Any]:
    """One field change. The values of a sensitive one are `(sensitive)` or null."""
    return {
        "path": change.path,
        "before": _redacted(change.before, change.sensitive),
        "after": _redacted(change.after, change.sensitive),
        "sensitive": change.sensitive,
        "forcesReplace": change.forces_replace,
    }


def plain(value: Value) -> Any:
    """A value for JSON: `(sensitive)` for a secret, `{"unknown": …}` for a value that is known only after apply."""
    match value:
        case Secret():
            return SENSITIVE
        case Ref():
            return {"unknown": str(value)}
        case Mapping():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
    return value


def _redacted(value: Value, sensitive: bool) -> Any:
    return SENSITIVE if sensitive and value is not None else plain(value)


def _change(change: Change) -> dict[str, Any]:
    return {
        "address": str(change.address),
        "action": str(change.action),
        "reason": in_english(change.reason),
        "fields": [field_document(field) for field in change.fields],
        "requires": [str(address) for address in change.requires],
        "warnings": [in_english(warning) for warning in change.warnings],
    }
