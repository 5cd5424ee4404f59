"""Control paths of asynchronous events: list, show, count, cancel, start the first attempt; lines of timelines."""

from __future__ import annotations

from scfdeploy.delivery.core import Phase
from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.control.content import require_text
from scfdeploy.emulator.messages import ControlError, Json, parse_seconds
from scfdeploy.emulator.queues.records import kind_of
from scfdeploy.emulator.scf.actions.async_events import is_recorded
from scfdeploy.emulator.scf.records import namespaces
from scfdeploy.emulator.scf.records.functions import FUNCTION
from scfdeploy.emulator.store import StoredEvent, TimelineStep
from scfdeploy.facts import delivery_value

_MAX_STEPS = 10_000
_MAX_EVENTS = 10_000
_MAX_NAMED = 5
_FIRST_ATTEMPT_S = 5.0
_THROTTLES = (429, 432)


def list_events(app: EmulatorApp, content: Json) -> Json:
    """Events in the order of acceptance, of `function` (`region/namespace/name`), of some `statuses`, of `since_s`.

    At most the newest `limit`. With asyncRunEnable an event is listed as long as it has a status record.
    """
    function, since = _selection(app, content)
    statuses, limit = content.get("statuses") or [], content.get("limit", _MAX_EVENTS)
    if not isinstance(statuses, list):
        raise ControlError('"statuses" is a list of statuses')
    if not isinstance(limit, int) or limit < 1:
        raise ControlError('"limit" is a number from 1')
    now = app.event_clock.now()
    with app.store.exclusive(writes=False):
        stored = list(app.store.events.of_functions(function, since))
        if not stored:
            _require_function(app, function)
        kept = [event for event in stored if not event.settings.is_traced or is_recorded(event, now)]
        found = [event for event in kept if not statuses or _status(event) in statuses]
        untraced = {_name(event) for event in stored if event.settings.is_traced and not event.settings.keeps_trace}
        return {
            "events": [_fields(app, event) for event in found[-limit:]],
            "count": len(found),
            "untraced": sorted(untraced),
        }


def count_events(app: EmulatorApp, content: Json) -> Json:
    """Events of `function` and of `since_s` by hour of acceptance and status, and what happened per function.

    A throttle is an attempt that ended with status 429 or 432.
    """
    function, since = _selection(app, content)
    recorded_since = round(app.event_clock.now() * 1000) - delivery_value("scf", "trace.kept_ms")
    with app.store.exclusive(writes=False):
        rows = app.store.events.counts(function, since, recorded_since)
        if not rows:
            _require_function(app, function)
        functions = _function_counts(app.store.events.step_counts(function, since))
    hours: dict[int, Json] = {}
    for hour, status, count, _, _ in rows:
        counts = hours.setdefault(hour, {})
        shown = Phase.RUNNING.value if status == Phase.DELIVERING.value else status
        counts[shown] = counts.get(shown, 0) + count
    ended = [row for row in rows if row[1] not in (phase.value for phase in Phase)]
    number = sum(row[2] for row in ended)
    return {
        "hours": [{"at": hour, "counts": counts} for hour, counts in hours.items()],
        "averageWaitMs": sum(row[3] for row in ended) / number if number else None,
        "longestWaitMs": max((row[4] for row in ended), default=None),
        "functions": functions,
    }


def _selection(app: EmulatorApp, content: Json) -> tuple[str, int]:
    """The function of the events, or an empty text for all, and the time since which they were accepted."""
    function, since_s = content.get("function") or "", parse_seconds(content.get("since_s"))
    if not isinstance(function, str):
        raise ControlError('"function" is a text')
    return function, 0 if since_s is None else round((app.event_clock.now() - since_s) * 1000)


def cancel(app: EmulatorApp, content: Json) -> Json:
    """Cancel an event: ask its instance to end, or with `now` true kill it; then show the event."""
    with app.store.exclusive(writes=False):
        event = find_event(app, content)
    if not app.events.cancel(event.request_id, now=content.get("now") is True):
        raise ControlError(f"The event {event.request_id} has ended.")
    return show_event(app, {"id": event.request_id})


def show_event(app: EmulatorApp, content: Json) -> Json:
    """One event, by the beginning of its request id, and its timeline."""
    with app.store.exclusive(writes=False):
        event = find_event(app, content)
        steps = [_step_fields(event, step) for step in app.store.events.timeline(event.request_id)]
        return {"event": _fields(app, event), "steps": steps}


def begin(app: EmulatorApp, content: Json) -> Json:
    """Run the first attempt of an event, or wait some seconds for it in real time; then show the event."""
    with app.store.exclusive(writes=False):
        event = find_event(app, content)
    app.events.begin(event.request_id, wait_s=_FIRST_ATTEMPT_S)
    return show_event(app, content)


def find_event(app: EmulatorApp, content: Json) -> StoredEvent:
    """The event whose request id is `id` or begins with it. Raises ControlError unless there is exactly one."""
    request_id = require_text(content, "id")
    found = app.store.events.matching(request_id, _MAX_NAMED + 1)
    exact = [event for event in found if event.request_id == request_id]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if not found:
        raise ControlError(f"There is no event {request_id}.")
    names = ", ".join(app.store.events.short_id(event.request_id) for event in found[:_MAX_NAMED])
    more = " …" if len(found) > _MAX_NAMED else ""
    raise ControlError(f"Several request ids begin with {request_id}: {names}{more}")


def steps_since(app: EmulatorApp, number: int, *, with_earlier: bool) -> Json:
    """What happened after the timeline line `number`, to how many events, and how they ended.

    `with_earlier` adds the earlier lines of the same events.
    """
    with app.store.exclusive(writes=False):
        read = app.store.events.steps_of_changed if with_earlier else app.store.events.steps_after
        steps = read(number, _MAX_STEPS + 1)
        events = {request_id: app.store.events.find(request_id) for request_id in {step.request_id for step in steps}}
        return {
            "steps": [_step_fields(events[step.request_id], step) for step in steps[:_MAX_STEPS]],
            "isCut": len(steps) > _MAX_STEPS,
            "events": app.store.events.changed_after(number),
            "ends": app.store.events.ends_after(number),
        }


def _step_fields(event: StoredEvent | None, step: TimelineStep) -> Json:
    """A line of a timeline, with the function of its event."""
    if event is None:
        return step._asdict() | {"function": "", "isTraced": False, "isCancelled": False}
    return step._asdict() | {
        "function": _name(event),
        "isTraced": event.settings.is_traced,
        "isCancelled": event.state.is_cancelled,
    }


def _fields(app: EmulatorApp, event: StoredEvent) -> Json:
    state, settings = event.state, event.settings
    return {
        "requestId": event.request_id,
        "shortId": app.store.events.short_id(event.request_id),
        "function": _name(event),
        "qualifier": event.qualifier,
        "source": event.source,
        "acceptedAt": state.accepted_at,
        "status": _status(event),
        "attempts": state.attempts,
        "retries": state.retries,
        "nextAttemptAt": state.due_at if state.phase is Phase.WAITING else None,
        "isRetry": state.is_retry,
        "reason": state.reason,
        "endedAt": state.ended_at if state.phase is Phase.ENDED else None,
        "retryNum": settings.retries,
        "maxAgeMs": settings.max_age_ms,
        "isTraced": settings.is_traced,
        "deadLetter": settings.dead_letter_name,
        "deadLetterKind": kind_of(settings.dead_letter_type),
        "error": state.error,
    }


def _function_counts(rows: list[tuple[str, str, int | None, str | None, int]]) -> list[Json]:
    functions: dict[str, Json] = {}
    for function, kind, status, cause, count in rows:
        fields = functions.setdefault(
            function, {"key": function, "function": _short_name(function), "retries": 0, "throttles": 0}
        )
        failures = fields.setdefault("failedDeliveries", {})
        if kind == "lost":
            failures[cause or ""] = failures.get(cause or "", 0) + count
        elif kind == "retry":
            fields["retries"] += count
        if status in _THROTTLES:
            fields["throttles"] += count
    return list(functions.values())


def _require_function(app: EmulatorApp, function: str) -> None:
    if function and app.store.get(FUNCTION, function) is None:
        region, namespace, name = f"{function}//".split("/")[:3]
        raise ControlError(f"function/{namespace}/{name} does not exist in {region}")


def _status(event: StoredEvent) -> str:
    if event.state.end is not None:
        return event.state.end.value
    return Phase.WAITING.value if event.state.phase is Phase.WAITING else Phase.RUNNING.value


def _name(event: StoredEvent) -> str:
    return _short_name(event.function)


def _short_name(function: str) -> str:
    """The function as users name it."""
    _, namespace, name = function.split("/")
    return name if namespace == namespaces.DEFAULT else f"{namespace}/{name}"
