"""ListAsyncEvents, GetAsyncEventStatus and TerminateAsyncEvent: the status trace of asynchronous functions."""

from __future__ import annotations

from scfdeploy.delivery.core import End, Phase
from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.clock import as_exact_text, from_text
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.parameters import page
from scfdeploy.emulator.scf.param_checks import check_time
from scfdeploy.emulator.scf.records import functions
from scfdeploy.emulator.store import StoredEvent
from scfdeploy.facts import delivery_value

_MOST = 100
_INVOKE_TYPE = "Event"
_STATUSES = {End.FINISHED: "FINISHED", End.ABORTED: "ABORTED"}
_ENDED_CODES = {"FINISHED": 200, "ABORTED": 499}


def list_async_events(call: ApiCall, parameters: Json) -> Json:
    """The records of one function, newest first unless asked otherwise."""
    key = functions.existing_key(call, parameters)
    if parameters.get("Limit", 0) > _MOST:
        raise CloudError("InvalidParameterValue.Limit", f"Limit must be at most {_MOST}.")
    now = call.context.event_clock.now()
    events = [_listed(event) for event in call.store.events.of_functions(key) if is_recorded(event, now)]
    found = [event for event in events if _is_wanted(event, parameters)]
    order_by = {"StartTime": "StartTime", "EndTime": "EndTime"}
    ordered = {"Order": "DESC", **parameters}
    return {"TotalCount": len(found), "EventList": page(found, ordered, order_by=order_by, default="StartTime")}


def get_async_event_status(call: ApiCall, parameters: Json) -> Json:
    """The status of one event, for 72 hours after its end."""
    event = call.store.events.find(parameters["InvokeRequestId"])
    if event is None or not is_recorded(event, call.context.event_clock.now()):
        raise _no_event(parameters["InvokeRequestId"])
    status = _status(event)
    attempts = [step.status for step in call.store.events.timeline(event.request_id) if step.status is not None]
    code = _ENDED_CODES.get(status, attempts[-1] if attempts else 0)
    return {"Result": {"Status": status, "StatusCode": code, "InvokeRequestId": event.request_id}}


def terminate_async_event(call: ApiCall, parameters: Json) -> Json:
    """End an event: kill its instance, or with GraceShutdown ask it to end first."""
    request_id = parameters["InvokeRequestId"]
    with call.store.exclusive(writes=False):
        key = functions.existing_key(call, parameters)
        event = call.store.events.find(request_id)
    if event is None or event.function != key or not event.settings.is_traced:
        raise _no_event(request_id)
    if not call.context.events.cancel(request_id, now=parameters.get("GraceShutdown") is not True):
        raise CloudError("FailedOperation.AsyncEventStatus", f"The event `{request_id}` has ended.")
    return {}


def is_recorded(event: StoredEvent, now: float) -> bool:
    """Whether the event has a status record at the time `now`."""
    if not event.settings.keeps_trace:
        return False
    age_ms = round(now * 1000) - event.state.ended_at
    return event.state.phase is not Phase.ENDED or age_ms <= delivery_value("scf", "trace.kept_ms")


def _is_wanted(event: Json, parameters: Json) -> bool:
    if parameters.get("Qualifier") not in (None, "", event["Qualifier"]):
        return False
    if parameters.get("InvokeRequestId") not in (None, "", event["InvokeRequestId"]):
        return False
    if any(parameters.get(name) and event[name] not in parameters[name] for name in ("InvokeType", "Status")):
        return False
    return all(_is_within(event[field], parameters.get(f"{field}Interval")) for field in ("StartTime", "EndTime"))


def _is_within(moment: str, interval: Json | None) -> bool:
    """Whether a time is in the half-open interval; an event that runs has no end time and is in none."""
    if not interval:
        return True
    start, end = (check_time(interval[name]) if interval.get(name) else None for name in ("Start", "End"))
    if not moment:
        return False
    seconds = from_text(moment.partition(".")[0]) + float(f"0.{moment.partition('.')[2]}")
    return (start is None or seconds >= start) and (end is None or seconds < end)


def _listed(event: StoredEvent) -> Json:
    state = event.state
    return {
        "InvokeRequestId": event.request_id,
        "InvokeType": _INVOKE_TYPE,
        "Qualifier": event.qualifier,
        "Status": _status(event),
        "StartTime": as_exact_text(state.accepted_at / 1000),
        "EndTime": as_exact_text(state.ended_at / 1000) if state.phase is Phase.ENDED else "",
    }


def _status(event: StoredEvent) -> str:
    if event.state.end is None:
        return "RUNNING"
    return _STATUSES.get(event.state.end, "FAILED")


def _no_event(request_id: str) -> CloudError:
    return CloudError("ResourceNotFound.AsyncEvent", f"There is no record of the event `{request_id}`.")
