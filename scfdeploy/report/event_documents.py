"""Documents of invocations, of asynchronous events and of test events."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from scfdeploy.providers.invocation import HttpResponse, Invocation
from scfdeploy.report.humanize import china_time
from scfdeploy.report.values import Document, to_json
from scfdeploy.results.events import (
    EventCancelled,
    EventInfo,
    EventList,
    EventResult,
    EventShown,
    EventsPulled,
    EventsRun,
    EventStats,
    FunctionMetrics,
    TimelineEntry,
    Untraced,
)
from scfdeploy.results.invoked import Invoked
from scfdeploy.results.templates import TemplateChanged, TemplateList, TemplateResult, TemplateShown


def keys(result: EventResult) -> Document:
    """The keys of an `events` command."""
    match result:
        case EventList():
            return {
                "events": [event_document(event) for event in result.events],
                "untraced": _untraced(result.untraced),
            }
        case EventShown():
            event, timeline = event_document(result.event), [_entry(entry) for entry in result.timeline]
            return event | {"events": [event], "timeline": timeline, "note": result.note or None}
        case EventsRun():
            return {
                "now": _time(result.now),
                "events": result.events,
                "attempts": result.attempts,
                "ends": dict(result.ends),
                "timeline": [
                    {"requestId": entry.request_id, "function": entry.function} | _entry(entry)
                    for entry in result.timeline
                ],
                "timelineIsCut": result.is_cut,
                "nextFiringAt": _time(result.next_firing_at),
            }
        case EventCancelled():
            return {"requestId": result.event.request_id, "function": result.event.function, "now": result.now}
        case EventStats():
            return _stats(result)
        case EventsPulled():
            start, end = result.expired or (None, None)
            return {
                "file": result.file,
                "appended": result.appended,
                "expired": None if result.expired is None else {"from": _time(start), "to": _time(end)},
                "untraced": _untraced(result.untraced),
            }


def of_invocation(result: Invoked) -> Document:
    """The keys of `invoke --async` on a local server."""
    if result.event is None:
        return {}
    timeline = [_entry(entry) for entry in result.timeline]
    return {"event": event_document(result.event) | {"timeline": timeline}}


def event_document(event: EventInfo) -> Document:
    """One event."""
    return {
        "requestId": event.request_id,
        "function": event.function,
        "qualifier": event.qualifier,
        "source": event.source,
        "acceptedAt": _time(event.accepted_at),
        "status": event.status,
        "attempts": event.attempts,
        "retries": event.retries,
        "nextAttemptAt": _time(event.next_attempt_at),
        "reason": event.reason or None,
        "endedAt": _time(event.ended_at),
        "error": event.error or None,
    }


def metrics_document(metrics: FunctionMetrics) -> Document:
    """The metrics of one function."""
    return {
        "retries": metrics.retries,
        "throttles": metrics.throttles,
        "failedDeliveries": sum(metrics.failed_deliveries.values()),
        "failedDeliveriesByCause": dict(metrics.failed_deliveries),
    }


def _stats(result: EventStats) -> Document:
    total: Counter[str] = Counter()
    for _, counts in result.hours:
        total.update(counts)
    functions = [] if result.functions is None else result.functions
    failures = sum(sum(metrics.failed_deliveries.values()) for metrics in functions)
    return {
        "hours": [{"hour": china_time(hour)} | dict(counts) for hour, counts in result.hours],
        "total": dict(total),
        "wait": {"averageMs": result.average_wait_ms, "longestMs": result.longest_wait_ms},
        "failedDeliveries": None if result.functions is None else failures,
        "retries": None if result.functions is None else sum(metrics.retries for metrics in functions),
        "throttles": None if result.functions is None else sum(metrics.throttles for metrics in functions),
        "functions": [{"function": metrics.function} | metrics_document(metrics) for metrics in functions],
        "untraced": _untraced(result.untraced),
    }


def _untraced(functions: Sequence[Untraced]) -> list[Document]:
    return [{"function": entry.function, "missing": list(entry.missing)} for entry in functions]


def _entry(entry: TimelineEntry) -> Document:
    document = {"at": _time(entry.at), "kind": entry.kind, "status": entry.status, "message": entry.message}
    match entry.kind:
        case "attempt" | "retry":
            return document | {
                "attempt": entry.attempt,
                "retry": entry.retry,
                "nextAttemptAt": _time(entry.next_at),
                "log": entry.log,
                "durationMs": entry.duration_ms,
                "memoryMb": entry.memory_mb,
            }
        case "delivered" | "lost":
            return document | {
                "message": entry.message or f"{entry.destination_kind} {entry.destination}",
                "destination": entry.destination,
                "destinationKind": entry.destination_kind,
                "bytes": entry.bytes,
                "cause": entry.cause or None,
            }
        case "ended":
            return document | {"reason": entry.reason or None}
        case _:
            return document


def _time(moment_ms: int | None) -> str | None:
    return None if moment_ms is None else china_time(moment_ms, precision="milliseconds")


def template_keys(result: TemplateResult) -> Document:
    """The keys of a `template` command."""
    match result:
        case TemplateList():
            return {
                "templates": [
                    {
                        "name": template.name,
                        "kind": template.kind,
                        "alias": template.alias or None,
                        "remark": template.remark or None,
                        "function": template.function or None,
                    }
                    for template in result.templates
                ]
            }
        case TemplateShown():
            return {"name": result.name, "kind": result.kind, "event": json.loads(result.text)}
        case TemplateChanged():
            return {"name": result.name, "function": result.function, "path": result.path}


def invoked(result: Invoked) -> Document:
    """The keys of `invoke`."""
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
        **({} if result.http is None else {"http": _http(result.http)}),
        **of_invocation(result),
    }


def _http(response: HttpResponse) -> Document:
    try:
        body, is_base64 = response.body.decode(), False
    except UnicodeDecodeError:
        from base64 import b64encode

        body, is_base64 = b64encode(response.body).decode(), True
    return {
        "method": response.method,
        "url": response.url,
        "status": response.status,
        "reason": response.reason,
        "headers": [{"name": name, "value": value} for name, value in response.headers],
        "body": body,
        "isBase64Encoded": is_base64,
    }
