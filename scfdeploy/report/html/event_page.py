"""The page of `events show`: the timeline of one event as a picture, and its steps with logs as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scfdeploy.delivery.core import ResultClass
from scfdeploy.delivery.profiles.scf import CLASSES
from scfdeploy.diagnostics import message
from scfdeploy.report.html.page import Cell, Column, Page, Row, Section, Table
from scfdeploy.report.html.timeline import Lane, Mark, MarkKind, Timeline
from scfdeploy.report.humanize import china_time, elapsed, time_of_day
from scfdeploy.results.events import EventInfo, EventShown, TimelineEntry

_FINISHED = "finished"
_ATTEMPTS = ("attempt", "retry")
_ACTIVE = ("waiting", "running")


def event_page(result: EventShown) -> Page:
    """The page of one event."""
    event = result.event
    origin = min([event.accepted_at, *(entry.at for entry in result.timeline)])
    steps = [*result.timeline, *_next(event)]
    marks = [_mark(steps, place, origin) for place in range(len(steps))]
    label = message("Timeline of event {id}", id=event.short_id)
    timeline = Timeline(label, [_lane(event)], marks, origin)
    columns = (
        Column(message("Time")),
        Column(message("Since acceptance"), is_number=True),
        Column(message("Step")),
        Column(message("Result")),
        Column(message("Duration"), is_number=True),
        Column(message("Memory"), is_number=True),
    )
    rows = [_row(entry, mark, number, origin) for number, (entry, mark) in enumerate(zip(steps, marks, strict=True))]
    section = Section(
        "timeline",
        message("Timeline"),
        [result.note] if result.note else [],
        timeline,
        tables=[Table(message("Steps"), columns, rows)],
    )
    title = message("Event {id} of function {function}", id=event.short_id, function=event.function)
    return Page(title, [_summary(event)], list(_facts(event)), sections=[section])


def _result_kind(status: int | None) -> MarkKind:
    """The kind of mark for an attempt with this status on SCF."""
    match CLASSES.get(status or 0, ResultClass.EXECUTION):
        case ResultClass.SUCCESS:
            return MarkKind.SUCCESS
        case ResultClass.OVERRUN | ResultClass.SYSTEM:
            return MarkKind.PLATFORM
        case ResultClass.EXECUTION:
            return MarkKind.FAILURE


def _summary(event: EventInfo) -> str:
    if event.reason:
        return message("Status: {status} ({reason})", status=event.status, reason=event.reason)
    return message("Status: {status}", status=event.status)


def _facts(event: EventInfo) -> Iterator[tuple[str, str]]:
    yield message("Request id"), event.request_id
    yield message("Function"), event.function + (f" ({event.qualifier})" if event.qualifier else "")
    if event.source:
        yield message("Source"), event.source
    yield message("Accepted"), _moment(event.accepted_at)
    if event.ended_at is not None:
        yield message("Ended"), _moment(event.ended_at)
    if event.next_attempt_at is not None:
        yield message("Next attempt"), _moment(event.next_attempt_at)
    if event.attempts is not None:
        yield message("Attempts"), str(event.attempts)
    if event.retries is not None:
        yield message("Retries"), str(event.retries)
    if event.dead_letter:
        yield message("Dead letter queue"), f"{event.dead_letter_kind} {event.dead_letter}".strip()


def _moment(moment_ms: int) -> str:
    return china_time(moment_ms, precision="milliseconds").replace("T", " ")


def _next(event: EventInfo) -> Iterator[TimelineEntry]:
    """A step for the attempt that is due."""
    if event.next_attempt_at is not None:
        retry = (event.retries or 0) + 1 if event.is_retry else 0
        yield TimelineEntry(
            event.request_id,
            event.function,
            event.next_attempt_at,
            "next",
            attempt=(event.attempts or 0) + 1,
            retry=retry,
            retries=event.retry_num,
        )


def _lane(event: EventInfo) -> Lane:
    if event.status in _ACTIVE:
        return Lane(event.short_id, event.status)
    return Lane(event.short_id, event.status, MarkKind.ENDED if event.status == _FINISHED else MarkKind.STOPPED)


def _mark(steps: Sequence[TimelineEntry], place: int, origin: int) -> Mark:
    entry = steps[place]
    at = entry.at - origin
    is_attempt = entry.kind in _ATTEMPTS
    until = None
    if is_attempt and entry.duration_ms is not None:
        # On the clock of the local server an attempt takes no time, however long it really ran.
        following = steps[place + 1].at - origin if place + 1 < len(steps) else at
        until = min(at + round(entry.duration_ms), following)
    text = ": ".join(part for part in (_step_text(entry), _result_text(entry)) if part)
    when = time_of_day(entry.at)
    is_linked = (is_attempt or entry.kind == "next") and place > 0 and steps[place - 1].kind in _ATTEMPTS
    link = elapsed(at - (steps[place - 1].at - origin)) if is_linked else None
    return Mark(0, at, _kind(entry), _short(entry), f"{when}, {text}", place, until, link)


def _kind(entry: TimelineEntry) -> MarkKind:
    match entry.kind:
        case "attempt" | "retry":
            return _result_kind(entry.status)
        case "delivered":
            return MarkKind.DELIVERED
        case "lost":
            return MarkKind.UNDELIVERED
        case "next":
            return MarkKind.NEXT
        case "ended":
            return MarkKind.ENDED if entry.message == _FINISHED else MarkKind.STOPPED
        case _:
            return MarkKind.ACCEPTED


def _short(entry: TimelineEntry) -> str:
    return str(entry.status) if entry.status is not None else ""


def _step_text(entry: TimelineEntry) -> str:
    retry = ""
    if entry.retry:
        retry = " (" + message("retry {number} of {most}", number=entry.retry, most=entry.retries) + ")"
    match entry.kind:
        case "attempt" | "retry":
            return message("attempt {number}", number=entry.attempt) + retry
        case "delivered" | "lost":
            names = {"kind": entry.destination_kind, "name": entry.destination}
            return message("delivery to {kind} {name}", **names)
        case "next":
            return message("next attempt") + retry
        case "ended":
            return message("ended: {status}", status=entry.message)
        case _:
            return message("accepted")


def _result_text(entry: TimelineEntry) -> str:
    """The first line of what a step says about its result."""
    first = entry.message.strip().partition("\n")[0]
    match entry.kind:
        case "attempt" | "retry":
            return " ".join(part for part in (_short(entry), first) if part)
        case "delivered":
            return message("delivered, {size} bytes", size=f"{entry.bytes:,}")
        case "lost":
            return message("not delivered: {error}", error=first)
        case _:
            return entry.reason


def _row(entry: TimelineEntry, mark: Mark, number: int, origin: int) -> Row:
    rest = entry.message.strip().partition("\n")[2]
    block = "\n".join(part for part in (rest, entry.log.rstrip()) if part.strip())
    return Row(
        (
            Cell(time_of_day(entry.at)),
            Cell(elapsed(entry.at - origin)),
            Cell(_step_text(entry), kind=mark.kind),
            Cell(
                _result_text(entry),
                block=block,
                block_label=message("log of attempt {number}", number=entry.attempt) if block else "",
            ),
            Cell("" if entry.duration_ms is None else f"{entry.duration_ms:g} ms"),
            Cell("" if not entry.memory_mb else f"{entry.memory_mb:.1f} MB"),
        ),
        number,
    )
