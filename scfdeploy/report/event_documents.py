"""Documents of asynchronous events."""

from __future__ import annotations

from scfdeploy.report.humanize import china_time
from scfdeploy.report.values import Document
from scfdeploy.results import EventInfo, EventList, EventShown, EventsRun, Invoked, TimelineEntry


def keys(result: EventList | EventShown | EventsRun) -> Document:
    """The keys of an `events` command."""
    match result:
        case EventList():
            return {
                "events": [event_document(event) for event in result.events],
                "untraced": [{"function": entry.function, "missing": list(entry.missing)} for entry in result.untraced],
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
