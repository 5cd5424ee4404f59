"""Results for programs: one JSON document each. Its form is a contract; keys are added, never changed or dropped."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, assert_never

from scfdeploy.diagnostics import Diagnostic, Span
from scfdeploy.report import cloud_documents
from scfdeploy.report.to_json import Document, to_json
from scfdeploy.report.truncation import truncated
from scfdeploy.results import (
    AliasChanged,
    Applied,
    CommandResult,
    Drifted,
    Explained,
    Explanation,
    Failed,
    Imported,
    Invoked,
    Migration,
    Planned,
    Result,
    StatusReport,
    Validated,
    VersionList,
)

if TYPE_CHECKING:
    from scfdeploy.apply import Outcome
    from scfdeploy.plan import Plan
    from scfdeploy.report.text import RenderedOutput, TextStyle

FORMAT = 1

# What JSON allows as it is, but acts on a terminal or, being half of a character, cannot be written as UTF-8.
_TO_ESCAPE = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def document(result: Result) -> Document:  # noqa: C901, PLR0911, PLR0912 - one for each kind of result
    """The document of one result. A secret that strays into a value shows as `(sensitive)`."""
    match result:
        case Validated():
            return _head("validate", result) | {
                "files": result.files,
                "functions": result.functions,
                "layers": result.layers,
                "fixed": [{"file": file, "places": places} for file, places in result.fixed.items()],
            }
        case Planned():
            return _head("plan", result) | _plan(result.plan) | {"savedTo": result.saved_to or None}
        case Drifted():
            return _head("plan", result) | _drifted(result)
        case Applied():
            return _head(result.command, result) | _applied(result)
        case StatusReport():
            return _head("status", result) | cloud_documents.status(result)
        case VersionList():
            return _head("versions", result) | cloud_documents.versions(result)
        case AliasChanged():
            return _head(result.command, result) | _moved(result)
        case Invoked():
            return _head("invoke", result) | _invoked(result)
        case Explained():
            return _head("explain", result) | _explained(result)
        case Migration():
            return _head("migrate", result) | {
                "files": [
                    {"file": one.file, "changed": one.changed, "written": one.written, "diff": one.diff}
                    for one in result.files
                ]
            }
        case Imported():
            return _head("import", result) | cloud_documents.imported(result)
        case Failed():
            return _failed(result)
        case _:
            assert_never(result)


def render_json(result: Result, _style: TextStyle) -> RenderedOutput:
    """The JSON document on stdout, and nothing else."""
    from scfdeploy.report.text import RenderedOutput

    return RenderedOutput(dumps(document(result)), "")


def dumps(document: Document) -> str:
    """The document as text: keys in the order of the contract, characters as they are, a newline at the end."""
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    return _TO_ESCAPE.sub(lambda match: f"\\u{ord(match.group()):04x}", text) + "\n"


def _head(command: str, result: CommandResult) -> Document:
    return {
        "format": FORMAT,
        "command": command,
        "ok": result.ok,
        "diagnostics": [_diagnostic(found) for found in truncated(result.findings.diagnostics)],
    }


def _diagnostic(found: Diagnostic) -> Document:
    # A finding about no file has an empty name and the first place, so that line and column are always numbers from 1.
    return {
        "rule": found.rule,
        "code": found.code,
        "severity": found.severity.value,
        "summary": found.summary,
        "detail": found.detail,
        "hint": found.hint,
        **_place(found.subject or Span.at("")),
        "address": found.address,
        "related": [{"message": words, **_place(span)} for words, span in found.related],
        "fix": [{"replacement": edit.replacement, **_place(edit.span)} for edit in found.fix],
    }


def _place(span: Span) -> Document:
    return {
        "file": span.file,
        "line": span.start.line,
        "column": span.start.column,
        "endLine": span.end.line,
        "endColumn": span.end.column,
    }


def _plan(plan: Plan | None) -> Document:
    if plan is None:
        empty = {"create": 0, "update": 0, "replace": 0, "delete": 0, "unchanged": 0}
        return {"project": None, "changes": [], "summary": empty}
    from scfdeploy.plan import as_document

    return {key: to_json(part) for key, part in as_document(plan).items() if key != "format"}


def _drifted(result: Drifted) -> Document:
    from scfdeploy.plan import field_document

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

    statuses = [outcome.status for outcome in result.outcomes]
    return {
        "results": [_outcome(outcome) for outcome in result.outcomes],
        "summary": {
            "succeeded": statuses.count(Status.SUCCEEDED),
            "failed": statuses.count(Status.FAILED),
            "skipped": statuses.count(Status.SKIPPED),
            "unchanged": result.plan.count(Action.NO_OP) if result.plan is not None else 0,
        },
        "outputs": {instance: to_json(outputs) for instance, outputs in result.outputs.items()},
        "refused": [
            {"address": str(refused.address), "rule": refused.rule, "reason": refused.reason, "hint": refused.hint}
            for refused in (result.plan.rejected if result.plan is not None else ())
        ],
        "leftAlone": [
            {"address": str(address), "reason": reason}
            for address, reason in (result.plan.unmanaged if result.plan is not None else ())
        ],
        "interrupted": result.interrupted,
    }


def _outcome(outcome: Outcome) -> Document:
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


def _moved(result: AliasChanged) -> Document:
    plan = _plan(result.plan)
    return {
        "alias": str(result.alias),
        "before": cloud_documents.route_document(result.before),
        "after": cloud_documents.route_document(result.after),
        "changes": plan["changes"],
        "results": [_outcome(outcome) for outcome in result.outcomes],
        "steps": [
            {"percent": step.percent, "status": step.status, "checkExitCode": step.check_exit_code}
            for step in result.steps
        ],
        "shiftedBack": result.shifted_back,
        "interrupted": result.interrupted,
        "refused": plan["refused"],
    }


def _invoked(result: Invoked) -> Document:
    from scfdeploy.providers.base import Invocation

    call = result.invocation or Invocation(request_id="", status_code=0)
    error = None if call.error is None else dict(zip(("type", "message", "trace"), call.error, strict=True))
    return {
        "function": result.function,
        "asynchronous": result.asynchronous,
        "result": to_json(call.result),
        "error": error,
        "requestId": call.request_id,
        "statusCode": call.status_code,
        "durationMs": call.duration_ms,
        "memoryMb": call.memory_mb,
        "log": call.log,
    }


def _explained(result: Explained) -> Document:
    return {
        "query": result.query,
        "entries": [_explanation(entry) for entry in result.entries],
        "longer": [{"kind": one.kind, "name": one.name, "meaning": one.meaning} for one in result.longer],
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
        "concluded": entry.concluded,
        "field": entry.field or None,
        "foundBy": list(entry.found_by),
        "severity": entry.severity or None,
        "codes": list(entry.codes),
        "page": entry.page.markdown if entry.page is not None else None,
    }


def _failed(result: Failed) -> Document:
    return {
        "format": FORMAT,
        "command": result.command,
        "ok": False,
        "diagnostics": [_diagnostic(found) for found in truncated(result.findings.diagnostics)],
        "error": {
            "code": result.code,
            "message": result.message,
            "hint": result.hint,
            "requestId": result.request_id,
        },
        **({"interrupted": True} if result.interrupted else {}),
    }
