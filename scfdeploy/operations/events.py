"""`events`: list and show asynchronous events, locally and in the cloud, and let virtual time pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Address
from scfdeploy.operations.cloud import open_cloud, settings_of
from scfdeploy.operations.emulator import Emulator, find_emulator
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.operations.resolve_function import describe_missing, function_address, load_with_function
from scfdeploy.providers.base import none_if_missing
from scfdeploy.providers.event_source import EventQuery, EventRecord, EventSource, RequestStatus, TraceSettings
from scfdeploy.records import NamedTuple
from scfdeploy.report.humanize import short_ids
from scfdeploy.results import Findings
from scfdeploy.results.events import (
    EventCancelled,
    EventInfo,
    EventList,
    EventShown,
    EventsRun,
    TimelineEntry,
    Untraced,
)

if TYPE_CHECKING:
    from scfdeploy.providers.tencent import TencentProvider

_SHORT = 4
_FULL_ID = 36
_SUCCESS = 200
_CLOUD_STATUSES = {"waiting": "running"} | {name: name for name in ("running", "finished", "failed", "aborted")}
"""The statuses that the cloud tells apart, by those of the local server."""
_TRACE = "traceEnable: true"


def list_events(
    request: Request, cloud: CloudOptions, name: str, *, statuses: Sequence[str] = (), since_s: float | None = None
) -> EventList:
    """Events of a function, or of all, in the order of acceptance. Raises ScfDeployError if there is no function."""
    emulator = find_emulator(request, cloud, name or None)
    if emulator is None:
        return _list_in_cloud(request, cloud, name, statuses, since_s)
    function = function_key(emulator, name) if name else ""
    content = {"function": function, "statuses": list(statuses), "since_s": since_s}
    answer = post_about_function(emulator, "events", name, content)
    events = [event_info(fields) for fields in answer["events"]]
    untraced = [Untraced(function, [_TRACE]) for function in answer["untraced"]]
    return EventList(Findings(), events, untraced, answer["count"])


def show(request: Request, cloud: CloudOptions, event_id: str, *, function: str = "") -> EventShown:
    """One event with its timeline. `function` is needed in the cloud for events without a status record."""
    emulator = find_emulator(request, cloud, function or None)
    if emulator is None:
        return _show_in_cloud(request, cloud, event_id, function)
    answer = emulator.control.post("events/show", {"id": event_id})
    return EventShown(Findings(), event_info(answer["event"]), timeline_of(answer["steps"]))


def cancel(request: Request, cloud: CloudOptions, event_id: str, *, now: bool, function: str = "") -> EventCancelled:
    """End an event: ask its instance to end, or with `now` kill it. Raises ScfDeployError if it has ended."""
    emulator = find_emulator(request, cloud, function or None)
    if emulator is None:
        return _cancel_in_cloud(request, cloud, event_id, function, now=now)
    event = event_info(emulator.control.post("events/show", {"id": event_id})["event"])
    _require_running(event.short_id, event.status)
    if event.is_traced:
        address = function_address(event.function, emulator.project)
        emulator.provider.events.terminate(address, event.request_id, now=now)
    else:
        emulator.control.post("events/cancel", {"id": event.request_id, "now": now})
    return EventCancelled(Findings(), event, now, is_local=True)


def run(request: Request, cloud: CloudOptions, *, seconds: float | None = None, step: bool = False) -> EventsRun:
    """Let virtual time pass: by `seconds`, with `step` to the next due time, or until no event waits."""
    content = {"step": True} if step else {"until": "idle"} if seconds is None else {"advance_s": seconds}
    earlier = "all" if seconds is None and not step else True
    return advance(Emulator(request, cloud), {**content, "steps": earlier, "triggers": True})


def advance(emulator: Emulator, content: Mapping[str, Any]) -> EventsRun:
    """Let virtual time pass as the control path `clock` reads `content`."""
    answer = emulator.control.post("clock", content)
    firing = answer["nextFiring"]
    return EventsRun(
        Findings(),
        round(answer["now"] * 1000),
        timeline_of(answer["steps"]),
        answer["events"],
        answer["ends"],
        answer["ran"],
        answer["isCut"],
        firing["at"] if firing else None,
    )


def function_key(emulator: Emulator, name: str) -> str:
    """The key of a function on a local server."""
    address = function_address(name, emulator.project)
    return f"{emulator.region}/{address.namespace}/{address.function}"


def post_about_function(emulator: Emulator, path: str, name: str, content: object) -> Any:
    """The answer of a control path about a function, or about all if `name` is empty."""
    if not name:
        return emulator.control.post(path, content)
    with describe_missing(function_address(name, emulator.project), emulator.region, emulator.project):
        return emulator.control.post(path, content)


def event_info(fields: Mapping[str, Any]) -> EventInfo:
    """An event as the control paths describe it."""
    return EventInfo(
        fields["requestId"],
        fields["shortId"],
        fields["function"],
        fields["qualifier"],
        fields["source"],
        fields["acceptedAt"],
        fields["status"],
        fields["attempts"],
        fields["retries"],
        fields["nextAttemptAt"],
        fields["reason"],
        fields["endedAt"],
        fields["error"],
        fields["isRetry"],
        fields["retryNum"],
        fields["maxAgeMs"],
        fields["isTraced"],
        fields["deadLetter"],
        fields["deadLetterKind"],
    )


def timeline_of(steps: Sequence[Mapping[str, Any]]) -> list[TimelineEntry]:
    """The lines of timelines as the control paths describe them."""
    return [_entry(step, step["detail"] or {}) for step in steps]


def _entry(step: Mapping[str, Any], detail: Mapping[str, Any]) -> TimelineEntry:
    counted, is_retried = detail.get("retry", 0), bool(detail.get("isRetried"))
    return TimelineEntry(
        step["request_id"],
        step["function"],
        step["at"],
        step["kind"],
        step["status"],
        step["message"],
        detail.get("attempt", 0),
        counted - is_retried if step["kind"] == "retry" else 0,
        detail.get("retries", 0),
        detail.get("nextAt"),
        counted if is_retried else 0,
        detail.get("log", ""),
        detail.get("durationMs"),
        detail.get("memoryMb"),
        detail.get("destination", ""),
        detail.get("kind", ""),
        detail.get("bytes", 0),
        detail.get("cause", ""),
        detail.get("reason", ""),
        step["isTraced"],
        step["isCancelled"],
        detail.get("trace", ""),
    )


def open_source(
    request: Request, cloud: CloudOptions, name: str
) -> tuple[EventSource, TencentProvider, Sequence[Address]]:
    """The events of a cloud, and the function `name`, or all functions of the project if it is empty."""
    loaded = load_with_function(request, name)
    project = loaded.project
    functions = (
        [function_address(name, project)] if name else [spec.address for spec in project.functions] if project else []
    )
    settings = settings_of(loaded)
    region = project.key.region if project else request.load.region or settings.region
    if region is None:
        raise ScfDeployError(
            message("the region is unknown: there is no readable serverless.yml here"),
            hint=message("Give --region, or --path with the project's folder."),
        )
    root = project.root if project else request.load.cwd
    provider = open_cloud(cloud, root=root, region=region, load=request.load, dotenv=loaded.dotenv, settings=settings)
    return provider.events, provider, functions


def _trace_settings(
    source: EventSource, functions: Sequence[Address], *, must_exist: bool
) -> list[tuple[Address, TraceSettings]]:
    """The settings of the functions that exist. With `must_exist`, raises CloudError if one does not."""
    read = []
    for function in functions:
        call = partial(source.trace_settings, function)
        with describe_missing(function, source.region, None):
            settings = call() if must_exist else none_if_missing(call)
        if settings is not None:
            read.append((function, settings))
    return read


def _list_in_cloud(
    request: Request, cloud: CloudOptions, name: str, statuses: Sequence[str], since_s: float | None
) -> EventList:
    names = tuple({_CLOUD_STATUSES[status] for status in statuses if status in _CLOUD_STATUSES})
    no_records = bool(statuses) and not names
    records = read_records(request, cloud, name, None if no_records else names, since_s)
    return EventList(Findings(), records.events, records.untraced, len(records.events))


class Records(NamedTuple):
    """The status records of functions in a cloud."""

    events: list[EventInfo]
    untraced: list[Untraced]
    """The functions that have none."""

    read_at: int
    """Milliseconds since the epoch."""


def read_records(
    request: Request,
    cloud: CloudOptions,
    name: str,
    statuses: tuple[str, ...] | None = (),
    since_s: float | None = None,
    *,
    calls_per_s: float | None = None,
) -> Records:
    """The status records of a function, or of all functions of the project.

    `statuses` None reads no records. `calls_per_s` limits the calls of all actions.
    Raises ScfDeployError if there is no function.
    """
    source, provider, functions = open_source(request, cloud, name)
    if not functions:
        raise ScfDeployError(
            message("no function was named, and there is no project with functions here"),
            hint=message("Give NAME or NAMESPACE/NAME."),
        )
    if calls_per_s is not None:
        provider.limit_calls(calls_per_s)
    since = None if since_s is None else round((provider.now() - since_s) * 1000)
    events: list[EventRecord] = []
    untraced = []
    for function, settings in _trace_settings(source, functions, must_exist=bool(name)):
        if not settings.is_traced:
            missing = [] if settings.async_run else ["asyncRunEnable: true"]
            missing += [] if settings.trace else [_TRACE]
            untraced.append(Untraced(function.function_name, missing))
        elif statuses is not None:
            events += source.records(function, EventQuery(statuses, since=since))
    events.sort(key=lambda record: (record.accepted_at, record.request_id))
    ids = short_ids([record.request_id for record in events])
    infos = [_info(record, ids[record.request_id]) for record in events]
    return Records(infos, untraced, round(provider.now() * 1000))


def _cancel_in_cloud(request: Request, cloud: CloudOptions, event_id: str, name: str, *, now: bool) -> EventCancelled:
    source, _, functions = open_source(request, cloud, name)
    settings = _trace_settings(source, functions, must_exist=bool(name))
    record = _find_record(source, settings, event_id)
    if record is None:
        raise ScfDeployError(
            message("There is no event {id}", id=event_id),
            hint=message("Only events of functions with asyncRunEnable and traceEnable can be found and cancelled."),
        )
    event = _info(record, record.request_id[:_SHORT])
    _require_running(event.short_id, event.status)
    source.terminate(record.function, record.request_id, now=now)
    return EventCancelled(Findings(), event, now)


def _require_running(short_id: str, status: str) -> None:
    if status not in ("waiting", "running"):
        raise ScfDeployError(message("Event {id}… has ended: {status}", id=short_id, status=status))


def _show_in_cloud(request: Request, cloud: CloudOptions, event_id: str, name: str) -> EventShown:
    source, _, functions = open_source(request, cloud, name)
    settings = _trace_settings(source, functions, must_exist=bool(name))
    record = _find_record(source, settings, event_id)
    request_id = record.request_id if record else event_id
    for function in [function for function, _ in settings] if record is None else (record.function,):
        request_status = source.request_status(function, request_id)
        if record is not None or request_status is not None:
            traced = source.status_of(request_id) if record is not None else None
            return _shown(function, request_id, record, request_status, traced[1] if traced else None)
    raise ScfDeployError(
        message("There is no event {id}", id=event_id),
        hint=message(
            "Without a status record, an event is found for a day, by its full request id; give --function NAME if it"
            " is not in the project."
        ),
    )


def _find_record(
    source: EventSource, settings: Sequence[tuple[Address, TraceSettings]], event_id: str
) -> EventRecord | None:
    """The status record of an event of functions with status trace, by its request id or the beginning of it."""
    query = EventQuery(request_id=event_id) if len(event_id) >= _FULL_ID else EventQuery()
    records = [
        record
        for function, trace in settings
        if trace.is_traced
        for record in source.records(function, query)
        if record.request_id.startswith(event_id)
    ]
    if len(records) > 1:
        ids = ", ".join(short_ids([record.request_id for record in records]).values())
        raise ScfDeployError(message("Several request ids begin with {id}: {ids}", id=event_id, ids=ids))
    return records[0] if records else None


def _shown(
    function: Address,
    request_id: str,
    record: EventRecord | None,
    request_status: RequestStatus | None,
    status_code: int | None,
) -> EventShown:
    """An event by its status record, its request status, or both."""
    name = function.function_name
    started = request_status.started_at if request_status else None
    accepted_at = record.accepted_at if record else started or 0
    state = record.status if record else request_status.status if request_status else ""
    retries = request_status.retries if request_status else None
    attempts = None if retries is None else retries + 1
    event = EventInfo(
        request_id,
        request_id[:_SHORT],
        name,
        record.qualifier if record else "",
        record.source if record else "",
        accepted_at,
        state,
        attempts,
        retries,
        ended_at=record.ended_at if record else None,
    )
    timeline = [TimelineEntry(request_id, name, accepted_at, "accepted")]
    if request_status is not None and request_status.status != "running":
        is_success = request_status.status == "finished"
        attempt = TimelineEntry(
            request_id,
            name,
            started or accepted_at,
            "attempt",
            _SUCCESS if is_success else request_status.status_code or status_code,
            "" if is_success else request_status.message,
            attempts or 1,
            duration_ms=request_status.duration_ms,
            memory_mb=request_status.memory_mb,
        )
        timeline.append(attempt)
    if record is not None and record.ended_at is not None:
        timeline.append(TimelineEntry(request_id, name, record.ended_at, "ended", None, record.status))
    note = message("The cloud keeps the last attempt only; its log is in the CLS topic of the function.")
    return EventShown(Findings(), event, timeline, note)


def _info(record: EventRecord, short_id: str) -> EventInfo:
    return EventInfo(
        record.request_id,
        short_id,
        record.function.function_name,
        record.qualifier,
        record.source,
        record.accepted_at,
        record.status,
        ended_at=record.ended_at,
    )
