"""Results as JSON documents. Their format is a contract: keys are added, never changed or removed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from scfdeploy.diagnostics import Diagnostic, Span
from scfdeploy.diagnostics.messages import was_translated
from scfdeploy.report.terminal import escape_json
from scfdeploy.report.truncation import truncated
from scfdeploy.report.values import Document, in_english_only, to_json
from scfdeploy.results import Applied, CommandResult, Drifted, Failed, Findings, Planned, Result, Validated

if TYPE_CHECKING:
    from scfdeploy.apply import Outcome
    from scfdeploy.plan import Plan
    from scfdeploy.report.text import RenderedOutput, TextStyle
    from scfdeploy.results import SelfNamedResult
    from scfdeploy.results.explained import Explained, Explanation

FORMAT = 1


def document(result: Result) -> Document:
    """The document of one result. Secrets in values are replaced by `(sensitive)`."""
    match result:
        case Validated():
            return head("validate", result) | {
                "files": result.files,
                "functions": result.functions,
                "layers": result.layers,
                "fixed": [{"file": file, "places": places} for file, places in result.fixed.items()],
            }
        case Planned():
            return head("plan", result) | plan_keys(result.plan) | {"savedTo": result.saved_to or None}
        case Drifted():
            return head("plan", result) | _drifted(result)
        case Applied():
            return head(result.command, result) | _applied(result)
        case Failed():
            return _failed(result)
        case _:
            return head(result.command, result) | _own_keys(result)


_OWN_KEYS = {
    "StatusReport": "cloud_documents.status",
    "VersionList": "cloud_documents.versions",
    "AliasChanged": "cloud_documents.alias_changed",
    "Invoked": "event_documents.invoked",
    "Explained": "document.explained",
    "Migration": "migration_report.keys",
    "Imported": "cloud_documents.imported",
    "QueueList": "queue_documents.keys",
    "QueueShown": "queue_documents.keys",
    "QueueCalls": "queue_documents.keys",
    "QueueChanged": "queue_documents.keys",
    "EventList": "event_documents.keys",
    "EventShown": "event_documents.keys",
    "EventsRun": "event_documents.keys",
    "EventCancelled": "event_documents.keys",
    "EventStats": "event_documents.keys",
    "EventsPulled": "event_documents.keys",
    "FunctionList": "cloud_documents.function_list",
    "DoctorReport": "doctor_document.keys",
    "Built": "build_document.keys",
    "LogList": "log_documents.keys",
    "PolicyShown": "cloud_documents.policy",
    "TemplateList": "event_documents.template_keys",
    "TemplateShown": "event_documents.template_keys",
    "TemplateChanged": "event_documents.template_keys",
}
"""The function for the keys of each result by its class name, in a module of this package."""


def _own_keys(result: SelfNamedResult) -> Document:
    module, _, name = _OWN_KEYS[type(result).__name__].partition(".")
    keys: Callable[[SelfNamedResult], Document] = getattr(import_module(f"scfdeploy.report.{module}"), name)
    return keys(result)


def render_json(result: Result, _style: TextStyle) -> RenderedOutput:
    """The JSON document on stdout."""
    from scfdeploy.report.text import RenderedOutput

    return RenderedOutput(dumps(document(result)), "")


def dumps(document: Document) -> str:
    """The document as text, with keys in their order, without ASCII escapes, and with a newline at the end."""
    if was_translated():
        document = in_english_only(document)
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    return escape_json(text) + "\n"


def plain_document(command: str, keys: Document) -> Document:
    """The document of a command without findings, which has succeeded unless `keys` have `ok`."""
    return {"format": FORMAT, "command": command, "ok": True, "diagnostics": [], **keys}


def head(command: str, result: CommandResult) -> Document:
    """The keys that every document begins with."""
    return {
        "format": FORMAT,
        "command": command,
        "ok": result.ok,
        "diagnostics": finding_documents(result.findings),
    }


def finding_documents(findings: Findings) -> list[Document]:
    """The diagnostics of a document."""
    return [_diagnostic(finding) for finding in truncated(findings.diagnostics)]


def _diagnostic(finding: Diagnostic) -> Document:
    # A finding without a file has an empty file name, line 1 and column 1: the keys always have values.
    return {
        "rule": finding.rule,
        "code": finding.code,
        "severity": finding.severity.value,
        "summary": finding.summary,
        "detail": finding.detail,
        "hint": finding.hint,
        **_position(finding.subject or Span.at("")),
        "address": finding.address,
        "related": [{"message": text, **_position(span)} for text, span in finding.related],
        "fix": [{"replacement": edit.replacement, **_position(edit.span)} for edit in finding.fix],
    }


def _position(span: Span) -> Document:
    return {
        "file": span.file,
        "line": span.start.line,
        "column": span.start.column,
        "endLine": span.end.line,
        "endColumn": span.end.column,
    }


def plan_keys(plan: Plan | None) -> Document:
    """The project, the changes and what else a plan shows."""
    if plan is None:
        empty = {"create": 0, "update": 0, "replace": 0, "delete": 0, "unchanged": 0}
        return {"project": None, "changes": [], "summary": empty}
    from scfdeploy.plan.document import as_document

    return {key: to_json(value) for key, value in as_document(plan).items() if key != "format"}


def _drifted(result: Drifted) -> Document:
    from scfdeploy.plan.document import field_document

    key = result.project
    return {
        "project": None if key is None else {"app": key.app, "stage": key.stage, "region": key.region},
        "drift": [
            {
                "address": str(change.address),
                "action": change.action.value,
                "reason": change.reason,
                "fields": [to_json(field_document(field)) for field in change.fields],
            }
            for change in result.drift
        ],
        "leftAlone": [{"address": str(address), "reason": reason} for address, reason in result.unmanaged],
    }


def _applied(result: Applied) -> Document:
    from scfdeploy.apply import Status
    from scfdeploy.plan import Action
    from scfdeploy.plan.document import partial_keys, refresh_keys

    statuses = [outcome.status for outcome in result.outcomes]
    return {
        "results": [outcome_document(outcome) for outcome in result.outcomes],
        "summary": {
            "succeeded": statuses.count(Status.SUCCEEDED),
            "failed": statuses.count(Status.FAILED),
            "skipped": statuses.count(Status.SKIPPED),
            "unchanged": result.plan.count(Action.NO_OP) if result.plan is not None else 0,
        },
        "outputs": {instance: to_json(outputs) for instance, outputs in result.outputs.items()},
        "refused": [
            {"address": str(refusal.address), "rule": refusal.rule, "reason": refusal.reason, "hint": refusal.hint}
            for refusal in (result.plan.rejected if result.plan is not None else ())
        ],
        "leftAlone": [
            {"address": str(address), "reason": reason}
            for address, reason in (result.plan.unmanaged if result.plan is not None else ())
        ],
        **(partial_keys(result.plan) | refresh_keys(result.plan) if result.plan is not None else {}),
        "interrupted": result.interrupted,
        **(
            {"localQueues": [{"name": name, "kind": kind} for name, kind in result.local_queues.items()]}
            if result.local_queues
            else {}
        ),
        **({"serveCommand": result.serve_command} if result.serve_command else {}),
    }


def outcome_document(outcome: Outcome) -> Document:
    """How the change of a resource ended."""
    error = outcome.error
    return {
        "address": str(outcome.address),
        "action": outcome.action.value,
        "status": outcome.status.value,
        "seconds": round(outcome.seconds, 3),
        "requestIds": list(outcome.request_ids),
        "effect": outcome.effect.value,
        "error": None
        if error is None
        else {
            "code": error.code,
            "message": error.message,
            "requestId": error.request_id,
            "retryable": error.retryable,
        },
    }


def explained(result: Explained) -> Document:
    """The keys of `explain`."""
    return {
        "query": result.query,
        "entries": [_explanation(entry) for entry in result.entries],
        "longer": [{"kind": entry.kind, "name": entry.name, "meaning": entry.meaning} for entry in result.longer],
    }


def _explanation(entry: Explanation) -> Document:
    return {
        "kind": entry.kind,
        "name": entry.name,
        "number": entry.number,
        "meaning": entry.meaning,
        "fix": entry.fix or None,
        "retried": entry.retried,
        "retry": entry.retry or None,
        "concluded": entry.inferred,
        "field": entry.field or None,
        "foundBy": list(entry.found_by),
        "severity": entry.severity or None,
        "codes": list(entry.codes),
        "page": entry.page.markdown if entry.page is not None else None,
        "retryClass": entry.retry_class or None,
        "intervalS": entry.interval_s,
        "then": entry.then or None,
        "recyclesInstance": entry.recycles_instance,
        "atAcceptance": entry.at_acceptance or None,
        "whileQueued": entry.while_queued or None,
        "value": entry.value or None,
        "origin": entry.origin or None,
        "reads": dict(entry.reads),
        "remarks": list(entry.remarks),
    }


def _failed(result: Failed) -> Document:
    return {
        "format": FORMAT,
        "command": result.command,
        "ok": False,
        "diagnostics": finding_documents(result.findings),
        "error": {
            "code": result.code,
            "message": result.message,
            "hint": result.hint,
            "requestId": result.request_id,
        },
        **({"interrupted": True} if result.interrupted else {}),
    }


def merge_documents(documents: Mapping[str, Document]) -> Document:
    """One document of those of several regions: items of lists have their `region`, and `regions` lists all."""
    merged: Document = {}
    for region, document in documents.items():
        for key, value in document.items():
            here = value
            if isinstance(value, list) and key != "diagnostics":
                here = [{"region": region, **item} if isinstance(item, dict) else item for item in value]
            merged[key] = _merged(key, merged[key], here) if key in merged else here
    merged["diagnostics"] = sorted(merged.get("diagnostics", ()), key=_place)
    merged["regions"] = list(documents)
    return merged


def _place(finding: Document) -> tuple[Any, ...]:
    return (finding["file"], finding["line"], finding["column"], finding["rule"])


def _merged(key: str, one: Any, other: Any) -> Any:
    match one, other:
        case bool(), bool():
            return one and other if key == "ok" else one or other
        case list(), list():
            return [*one, *(item for item in other if item not in one)]
        case dict(), dict() if key != "error":  # of several errors the first, as the exit code
            return {**one, **{inner: _inner(key, inner, one.get(inner), value) for inner, value in other.items()}}
        case None, _:
            return other
    return one


def _inner(key: str, inner: str, one: Any, other: Any) -> Any:
    """The value of a key within `summary`, `refresh`, `project` or `outputs`."""
    if key in ("summary", "refresh") and isinstance(one, int) and isinstance(other, int):
        return one + other
    if (key, inner) == ("project", "region"):
        return f"{one}, {other}"
    return other
