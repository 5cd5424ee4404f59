"""`events stats`, and the metrics of functions on a local server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from scfdeploy.operations.emulator import find_emulator, read_local
from scfdeploy.operations.events import function_key, post_about_function, read_records
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.results import Findings
from scfdeploy.results.events import EventInfo, EventStats, FunctionMetrics

_HOUR_MS = 3_600_000


def stats(request: Request, cloud: CloudOptions, name: str, *, since_s: float | None = None) -> EventStats:
    """Count the events of a function, or of all, by status and hour. Raises ScfDeployError if there is no function."""
    emulator = find_emulator(request, cloud, name or None)
    if emulator is None:
        events, untraced, _ = read_records(request, cloud, name, since_s=since_s)
        waits = [event.ended_at - event.accepted_at for event in events if event.ended_at is not None]
        average = sum(waits) / len(waits) if waits else None
        return EventStats(Findings(), _by_hour(events), average, max(waits, default=None), untraced=untraced)
    content = {"function": function_key(emulator, name) if name else "", "since_s": since_s}
    answer = post_about_function(emulator, "events/stats", name, content)
    return EventStats(
        Findings(),
        [(hour["at"], hour["counts"]) for hour in answer["hours"]],
        answer["averageWaitMs"],
        answer["longestWaitMs"],
        [_metrics(fields) for fields in answer["functions"]],
    )


def local_metrics(cloud: CloudOptions, root: str) -> Mapping[str, FunctionMetrics] | None:
    """The metrics of all functions with events, by key (`region/namespace/name`); None without a local server."""
    answer = read_local(cloud, root, "events/stats", {})
    return None if answer is None else {fields["key"]: _metrics(fields) for fields in answer.get("functions", ())}


def _by_hour(events: Sequence[EventInfo]) -> list[tuple[int, Mapping[str, int]]]:
    hours: dict[int, Counter[str]] = {}
    for event in events:
        hours.setdefault(event.accepted_at // _HOUR_MS * _HOUR_MS, Counter())[event.status] += 1
    return list(hours.items())


def _metrics(fields: Mapping[str, Any]) -> FunctionMetrics:
    return FunctionMetrics(fields["function"], fields["retries"], fields["throttles"], fields["failedDeliveries"])
