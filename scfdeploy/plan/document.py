"""A plan as the JSON document that users' scripts read. What is sensitive never gets into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    """The plan's own keys of the document: `project`, `changes`, `summary`, `refused`, `leftAlone`."""
    return {
        "project": {"app": plan.project.app, "stage": plan.project.stage, "region": plan.project.region},
        "changes": [_change(change) for change in plan.changes],
        "summary": {name: plan.count(action) for name, action in _SUMMARY.items()},
        "refused": [
            {"address": str(refusal.address), "rule": refusal.rule, "reason": refusal.reason, "hint": refusal.hint}
            for refusal in plan.rejected
        ],
        "leftAlone": [{"address": str(address), "reason": reason} for address, reason in plan.unmanaged],
    }


def field_document(change: FieldChange) -> dict[str, Any]:
    """One field change; of a sensitive one `before` and `after` only tell whether there is a value."""
    return {
        "path": change.path,
        "before": _shown(change.before, change.sensitive),
        "after": _shown(change.after, change.sensitive),
        "sensitive": change.sensitive,
        "forcesReplace": change.forces_replace,
    }


def plain(value: Value) -> Any:
    """A value as JSON has it: `(sensitive)` for a secret, `{"unknown": …}` for what is known only later."""
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


def _shown(value: Value, sensitive: bool) -> Any:
    return SENSITIVE if sensitive and value is not None else plain(value)


def _change(change: Change) -> dict[str, Any]:
    return {
        "address": str(change.address),
        "action": str(change.action),
        "reason": change.reason,
        "fields": [field_document(field) for field in change.fields],
        "requires": [str(address) for address in change.requires],
        "warnings": list(change.warnings),
    }
