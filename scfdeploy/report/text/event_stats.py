"""Counts of asynchronous events, and the ends of `events cancel` and `events pull`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from scfdeploy.diagnostics import message
from scfdeploy.report.humanize import china_time, duration, enumeration, plural
from scfdeploy.report.terminal import safe
from scfdeploy.report.text.events import short_id, untraced_lines
from scfdeploy.report.text.style import TextStyle, aligned_table
from scfdeploy.results.events import EventCancelled, EventsPulled, EventStats, FunctionMetrics

_STATUSES = ("finished", "dead-lettered", "dropped", "lost", "failed", "aborted", "running", "waiting")
_LOCAL = frozenset(("finished", "dead-lettered", "dropped", "lost"))
_CLOUD = frozenset(("finished", "failed", "aborted"))


def render_event_stats(result: EventStats, style: TextStyle) -> str:
    """A row per hour, the total, the time to the end, and what happened per function."""
    lines = [*_table(result, style), _wait(result)] if result.hours else []
    lines += [_function_line(metrics) for metrics in result.functions or ()]
    lines += untraced_lines(result.untraced)
    return "\n".join(lines or [message("No events.")]) + "\n"


def render_event_cancelled(result: EventCancelled, _style: TextStyle) -> str:
    """What was done to the event."""
    event = short_id(result.event)
    if result.is_local and result.event.status == "waiting":
        lines = [message("Cancelled event {id}: it was waiting, and no instance ran.", id=event)]
    elif result.now:
        lines = [message("Cancelled event {id}: the instance was killed.", id=event)]
    else:
        lines = [message("Cancelling event {id}: SIGTERM sent; SIGKILL follows after 10 s (assumed).", id=event)]
    if result.is_local and not result.event.is_traced:
        lines.append(message("In the cloud, only events of functions with asyncRunEnable: true can be cancelled."))
    return "\n".join(lines) + "\n"


def render_events_pulled(result: EventsPulled, _style: TextStyle) -> str:
    """How many records were appended, and whether some are lost."""
    records = plural(result.appended, "{number} record", "{number} records")
    lines = [message("Appended {records} to {file}.", records=records, file=safe(result.file))]
    if result.expired is not None:
        start, end = map(china_time, result.expired)
        lines.append(message("Records from {start} to {end} have expired.", start=start, end=end))
    return "\n".join([*lines, *untraced_lines(result.untraced)]) + "\n"


def metrics_text(metrics: FunctionMetrics) -> str:
    """`2 retries, 0 throttles, 1 failed delivery (permission: 1)`."""
    failures = metrics.failed_deliveries
    causes = ", ".join(f"{safe(cause)}: {count}" for cause, count in failures.items())
    retries = plural(metrics.retries, "{number} retry", "{number} retries")
    throttles = plural(metrics.throttles, "{number} throttle", "{number} throttles")
    lost = plural(sum(failures.values()), "{number} failed delivery", "{number} failed deliveries")
    return enumeration([retries, throttles, lost]) + (f" ({causes})" if causes else "")


def _table(result: EventStats, style: TextStyle) -> Iterator[str]:
    total: Counter[str] = Counter()
    for _, counts in result.hours:
        total.update(counts)
    usual = _CLOUD if result.functions is None else _LOCAL
    statuses = [status for status in _STATUSES if status in usual or total[status]]
    header = (message("HOUR"), *(status.upper() for status in statuses))
    rows = [(china_time(hour), *_cells(counts, statuses)) for hour, counts in result.hours]
    rows.append((message("Total"), *_cells(total, statuses)))
    return iter(aligned_table(header, rows, style, numbers=tuple(range(1, len(header)))))


def _cells(counts: Mapping[str, int], statuses: list[str]) -> Iterator[str]:
    return (str(counts.get(status, 0)) for status in statuses)


def _wait(result: EventStats) -> str:
    average, longest = (
        "-" if wait is None else duration(wait / 1000) for wait in (result.average_wait_ms, result.longest_wait_ms)
    )
    if result.functions is None:
        return message(
            "Wait: average {average}, longest {longest}. The API does not return failed deliveries.",
            average=average,
            longest=longest,
        )
    failed = sum(sum(metrics.failed_deliveries.values()) for metrics in result.functions)
    return message(
        "Wait: average {average}, longest {longest}. Failed deliveries: {failed}.",
        average=average,
        longest=longest,
        failed=failed,
    )


def _function_line(metrics: FunctionMetrics) -> str:
    return f"{safe(metrics.function)}: {metrics_text(metrics)}"
