"""Asynchronous events, their timelines, and what happened while virtual time passed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.diagnostics.messages import join_sentences
from scfdeploy.facts import delivery_value
from scfdeploy.report.humanize import china_time, enumeration, interval, plural, time_of_day
from scfdeploy.report.terminal import clip, pad, safe, safe_lines, width
from scfdeploy.report.text.style import TextStyle, aligned_table
from scfdeploy.results.events import EventInfo, EventList, EventShown, EventsRun, TimelineEntry, Untraced
from scfdeploy.results.invoked import Invoked

_INDENT = " " * 14
_GAP = " " * 10
_MAX_RESULT = 60
_SUCCESS = 200
_TRACEBACK = "Traceback (most recent call last):"
_EXPLAINED_BY_ATTEMPT = frozenset(("finished", "failed", "lost"))
_RETRIES_EXHAUSTED = "RetriesExhausted"


def render_event_list(result: EventList, style: TextStyle) -> str:
    """A table of the events, and the functions without status records."""
    lines = list(_table(result.events, style)) if result.events else []
    if result.total > len(result.events):
        lines.append(message("The newest {shown} of {total} events.", shown=len(result.events), total=result.total))
    lines += untraced_lines(result.untraced)
    if not lines:
        lines.append(message("No events."))
    return "\n".join(lines) + "\n"


def render_event_shown(result: EventShown, _style: TextStyle) -> str:
    """The event on one line, and its timeline."""
    event = result.event
    reason = f": {safe(event.reason)}" if event.reason else ""
    qualifier = f" ({safe(event.qualifier)})" if event.qualifier else ""
    title = message(
        "Event {id}, function {function}{qualifier}, status {status}",
        id=short_id(event),
        function=safe(event.function),
        qualifier=qualifier,
        status=safe(event.status),
    )
    lines = [title + reason, *(line for entry in result.timeline for line in _shown(entry))]
    if event.next_attempt_at is not None:
        lines.append(_next_attempt(event, event.next_attempt_at))
    lines += [result.note] if result.note else []
    return "\n".join(lines) + "\n"


def render_events_run(result: EventsRun, _style: TextStyle) -> str:
    """A line per attempt and delivery, and how many events ended how."""
    lines = run_lines(result.timeline)
    if result.is_cut:
        lines.append(message("Only the first {count} lines are shown.", count=f"{len(lines):,}"))
    lines.append(_summary(result))
    if result.next_firing_at is not None:
        lines.append(message("Next firing: {time} (time zone assumed)", time=china_time(result.next_firing_at)))
    return "\n".join(lines) + "\n"


def run_lines(timeline: Sequence[TimelineEntry]) -> list[str]:
    """A line per attempt and delivery, with columns of equal width."""
    attempts = [entry for entry in timeline if entry.kind in ("attempt", "retry")]
    names = max((width(safe(entry.function)) for entry in timeline if entry.kind != "accepted"), default=0)
    numbers = max((len(str(entry.attempt)) for entry in attempts), default=0)
    results = max((width(_result(entry)) for entry in attempts if _next_step(entry)), default=0)
    lines = []
    for entry in timeline:
        time, name = time_of_day(entry.at), pad(safe(entry.function), names)
        match entry.kind:
            case "attempt" | "retry":
                attempt = message("attempt {number}", number=str(entry.attempt).ljust(numbers))
                text, following = _result(entry), _next_step(entry)
                line = f"{time}  {name}  {attempt}  {text}"
                lines.append(f"{line}{' ' * (results - width(text))}{_GAP}{following}" if following else line)
            case "delivered" | "lost":
                lines.append(f"{time}  -> {safe(entry.destination_kind)} {safe(entry.destination)}  {_delivery(entry)}")
            case "ended" if _is_news(entry):
                reason = f": {safe(entry.reason)}" if entry.reason else ""
                lines.append(f"{time}  {name}  " + message("ended: {status}", status=safe(entry.message)) + reason)
    return lines


def accepted_lines(result: Invoked, request_id: str) -> Iterator[str]:
    """The lines of `invoke --async`: the request id, the first attempt or all of them, and commands that go on."""
    yield message("Accepted: request id {id}.", id=safe(request_id))
    if result.ran is not None:
        yield from run_lines(result.ran.timeline)
        yield _summary(result.ran)
        return
    event = result.event
    if event is not None:
        yield from _first_attempt(event, result.timeline)
    yield ""
    options = f" {safe(result.options)}" if result.options else ""
    id_text = safe(event.short_id if event else request_id)
    commands = [(message("Show the event:"), f"scfdeploy events show {id_text}{options}")]
    if event is not None and event.status == "waiting":
        commands.append((message("Advance virtual time:"), f"scfdeploy events run{options}"))
    widest = max(width(label) for label, _ in commands)
    yield from (f"{pad(label, widest)}  {command}" for label, command in commands)


def short_id(event: EventInfo) -> str:
    """The beginning of the request id that commands accept, and an ellipsis."""
    return f"{safe(event.short_id)}…" if event.short_id != event.request_id else safe(event.request_id)


def _first_attempt(event: EventInfo, timeline: Sequence[TimelineEntry]) -> Iterator[str]:
    """What became of the first attempt, and what follows."""
    attempt = next((entry for entry in timeline if entry.kind == "attempt"), None)
    if attempt is None:
        if event.status == "running":
            yield message("The first attempt is running.")
        elif event.status != "waiting":
            reason = message("No attempt was made: {reason}.", reason=safe(event.reason or event.status))
            yield join_sentences(reason, _ended(event))
        return
    if attempt.status == _SUCCESS:
        yield message("First attempt succeeded: status {status}.", status=attempt.status)
        return
    text = safe(attempt.message.strip().partition("\n")[0]).rstrip(".")
    result = enumeration(part for part in (str(attempt.status), text) if part)
    yield message("First attempt failed: status {result}.", result=result)
    yield _following(event)


def _following(event: EventInfo) -> str:
    """What follows a failed first attempt."""
    if event.status != "waiting":
        return _ended(event)
    following = message("Next attempt in {pause}.", pause=interval(delivery_value("scf", "interval_ms")))
    if event.is_retry:
        limit = plural(event.retry_num, "{number} failed retry", "{number} failed retries")
    else:
        limit = message("{age} without success", age=interval(event.max_age_ms))
    target = _target(event)
    if target:
        ended = message("After {limit}, the event is sent to {target}.", limit=limit, target=target)
    else:
        ended = message("After {limit}, the event is dropped.", limit=limit)
    return join_sentences(following, ended)


def _ended(event: EventInfo) -> str:
    """What became of an event after its only attempt."""
    match event.status:
        case "dead-lettered":
            return message("The event was sent to {target}.", target=_target(event))
        case "lost":
            return message(
                "The event was not delivered to {target}: {error}.", target=_target(event), error=safe(event.error)
            )
        case "dropped":
            return message("The event was dropped: the function has no dead letter queue.")
        case "failed":
            return message("The event failed and is not retried: the function has asyncRunEnable.")
        case _:
            return message("The event ended: {status}.", status=safe(event.status))


def _target(event: EventInfo) -> str:
    """The dead letter queue in words; empty without one."""
    if not event.dead_letter:
        return ""
    if event.dead_letter_kind == "CMQ-TOPIC":
        return message("the dead letter topic {name}", name=safe(event.dead_letter))
    return message("the dead letter queue {name}", name=safe(event.dead_letter))


def _table(events: Sequence[EventInfo], style: TextStyle) -> Iterator[str]:
    header = (
        message("ACCEPTED"),
        message("FUNCTION"),
        message("REQUEST ID"),
        message("STATUS"),
        message("ATTEMPTS"),
        message("NEXT ATTEMPT"),
    )
    several = len({event.function for event in events}) > 1
    rows = [
        (
            china_time(event.accepted_at),
            safe(event.function) if several else "",
            short_id(event),
            safe(event.status),
            "-" if event.attempts is None else str(event.attempts),
            "-" if event.next_attempt_at is None else china_time(event.next_attempt_at),
        )
        for event in events
    ]
    return aligned_table(header, rows, style, numbers=(4,))


def untraced_lines(functions: Sequence[Untraced]) -> Iterator[str]:
    """The functions without status records, and which settings they lack."""
    for function in functions:
        yield message(
            "No status records: function {function} needs {settings}.",
            function=safe(function.function),
            settings=message(" and ").join(function.missing),
        )
    if functions:
        yield message(
            "Other asynchronous events have no status record; query one with {command}.",
            command="scfdeploy events show ID",
        )


def _shown(entry: TimelineEntry) -> Iterator[str]:
    time = time_of_day(entry.at)
    match entry.kind:
        case "accepted":
            yield f"{time}  " + message("accepted")
        case "attempt" | "retry":
            attempt = message("attempt {number}", number=entry.attempt)
            retry = message("retry {number} of {most}", number=entry.retry, most=entry.retries) if entry.retry else ""
            yield f"{time}  {attempt}  {_result(entry)}" + (f"  ({retry})" if retry else "")
            yield from _log(entry)
        case "delivered" | "lost":
            names = {"kind": safe(entry.destination_kind), "name": safe(entry.destination)}
            if entry.kind == "delivered":
                yield f"{time}  " + message("delivered to {kind} {name}", **names)
            else:
                error = safe(entry.message)
                yield f"{time}  " + message("not delivered to {kind} {name}: {error}", error=error, **names)
        case "ended":
            yield f"{time}  " + message("ended: {status}", status=safe(entry.message))


def _next_attempt(event: EventInfo, at: int) -> str:
    text = message("next attempt")
    if event.is_retry:
        text = message("next attempt (retry {number} of {most})", number=(event.retries or 0) + 1, most=event.retry_num)
    return f"{time_of_day(at)}  {text}"


def _log(entry: TimelineEntry) -> Iterator[str]:
    """The log of an attempt, without the trace of its error, whose message is beside the status."""
    printed, trace = entry.log.rstrip(), entry.trace.rstrip()
    start = printed.rfind(_TRACEBACK)
    if trace and printed.endswith(trace):
        printed = printed.removesuffix(trace)
    elif start >= 0 and entry.message and printed.endswith(entry.message.rstrip()):
        printed = printed[:start]
    label = message("log: ")
    for number, line in enumerate(safe_lines(printed) if printed.strip() else ()):
        yield _INDENT + (label if number == 0 else " " * width(label)) + line


def _result(entry: TimelineEntry) -> str:
    """The status of an attempt and what it says."""
    text = safe(entry.message.strip().partition("\n")[0])
    status = "" if entry.status is None else str(entry.status)
    return "  ".join(part for part in (status, clip(text, _MAX_RESULT)) if part)


def _next_step(entry: TimelineEntry) -> str:
    """What follows an attempt; empty after success."""
    if entry.status == _SUCCESS:
        return ""
    if entry.next_at is not None:
        at = time_of_day(entry.next_at, precision="seconds")
        if entry.next_retry:
            return message("retry {number} of {most} at {time}", number=entry.next_retry, most=entry.retries, time=at)
        return message("next attempt at {time}", time=at)
    if entry.is_cancelled:
        return message("cancelled")
    return message("not retried (asyncRunEnable)") if entry.is_traced else message("no retries left")


def _delivery(entry: TimelineEntry) -> str:
    if entry.kind == "delivered":
        return message("delivered, {size} bytes", size=f"{entry.bytes:,}")
    return message("not delivered: {error}", error=safe(entry.message))


def _is_news(entry: TimelineEntry) -> bool:
    """Whether the end of an event does not follow from the lines before it."""
    if entry.message == "dead-lettered":
        return entry.reason != _RETRIES_EXHAUSTED
    return entry.message not in _EXPLAINED_BY_ATTEMPT


def _summary(result: EventsRun) -> str:
    ends = result.ends
    counts = [
        message("{number} finished", number=ends.get("finished", 0)),
        message("{number} in a dead letter queue", number=ends.get("dead-lettered", 0)),
        message("{number} dropped", number=ends.get("dropped", 0)),
    ]
    others = (
        (message("{number} failed", number=ends.get("failed", 0)), ends.get("failed", 0)),
        (message("{number} lost", number=ends.get("lost", 0)), ends.get("lost", 0)),
        (message("{number} cancelled", number=ends.get("aborted", 0)), ends.get("aborted", 0)),
        (message("{number} waiting", number=_waiting(result)), _waiting(result)),
    )
    counts += [text for text, number in others if number]
    events = plural(result.events, "{number} event", "{number} events")
    return message("{title}: {text}.", title=events, text=enumeration(counts))


def _waiting(result: EventsRun) -> int:
    return max(0, result.events - sum(result.ends.values()))
