"""Invoke, InvokeFunction and GetRequestStatus."""

from __future__ import annotations

import json
import math
import uuid
from dataclasses import dataclass

from scfdeploy.delivery.core import EventState, Phase
from scfdeploy.delivery.profiles.scf import REFUSED_AT_ACCEPTANCE
from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.clock import as_text, from_text
from scfdeploy.emulator.errors import CloudError
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.runtime import Outcome, Work
from scfdeploy.emulator.runtime.output import log_text, tail
from scfdeploy.emulator.runtime.work import failed
from scfdeploy.emulator.scf.events.profile import settings_of
from scfdeploy.emulator.scf.param_checks import one_of
from scfdeploy.emulator.scf.records import aliases, concurrency, functions, layers
from scfdeploy.emulator.store import StoredEvent
from scfdeploy.facts import limit, status_code

REQUEST = "request"
_KEPT_REQUESTS = 200
_MAX_ROUTING_KEY_BYTES = 1024
_LOOK_BACK_S = 15 * 60
_OK, _RUNNING, _FAILED = 0, 1, -1
_SWITCHED_OFF = 432
_CODE_OF_REFUSAL = {
    400: "InvalidParameterValue.Param",
    401: "AuthFailure.UnauthorizedOperation",
    402: "ResourceUnavailable.ServiceSuspended",
    406: "InvalidParameter.RequestTooLarge",
    410: "ResourceUnavailable.InsufficientBalance",
    436: "InvalidParameterValue",
}
"""Error codes of the API for statuses that end a call before it is accepted. The documents pair no code with them."""


@dataclass(frozen=True, slots=True)
class _Order:
    """Which function to run on what, from either action."""

    key: str
    qualifier: str
    event: str
    log_type: str


def invoke(call: ApiCall, parameters: Json) -> Json:
    """Run a function now and answer with its result, or accept an event."""
    kind = one_of(
        ("RequestResponse", "Event"),
        parameters.get("InvocationType", "RequestResponse"),
        "InvalidParameterValue.InvokeType",
        "InvocationType",
    )
    order = _order(call, parameters, parameters.get("ClientContext", ""), functions.LATEST)
    return _now(call, order) if kind == "RequestResponse" else _later(call, order)


def invoke_function(call: ApiCall, parameters: Json) -> Json:
    """Run a function now. Other than Invoke it goes through `$DEFAULT` when nothing is said."""
    return _now(call, _order(call, parameters, parameters.get("Event", ""), aliases.DEFAULT))


def get_request_status(call: ApiCall, parameters: Json) -> Json:
    """What became of one invocation, within a time window (the last 15 minutes when none is named)."""
    key = functions.key_of(call, parameters)
    functions.require(call, key)
    start, end = _window(call, parameters)
    found = call.store.get(REQUEST, f"{key}/{parameters['FunctionRequestId']}")
    if found is None or not start <= found["started"] <= end:
        return {"TotalCount": 0, "Data": []}
    return {"TotalCount": 1, "Data": [{name: value for name, value in found.items() if name[0].isupper()}]}


def run_work(call: ApiCall, work: Work) -> Outcome:
    """Run a function once and record it for GetRequestStatus."""
    key = f"{work.region}/{work.function['Namespace']}/{work.function['FunctionName']}"
    remember(call, key, work.request_id)
    forced = call.context.faults.outcome(work.function["FunctionName"], work.event, 1)
    if forced is not None and not forced.runs_first:
        outcome = failed(forced.status, _name_of(forced.status))
    else:
        outcome = run(call, work)
        if forced is not None:
            outcome = failed(forced.status, _name_of(forced.status), output=outcome.output)
    remember(call, key, work.request_id, outcome)
    return outcome


def run(call: ApiCall, work: Work) -> Outcome:
    """Run a function once."""
    if concurrency.reserved_mb(work.function) == 0:
        return failed(_SWITCHED_OFF, "the function's reserved concurrency is 0")
    return call.context.invoker.run(work)


def _name_of(status: int) -> str:
    known = status_code(status)
    return known.name if known else str(status)


def prepare(call: ApiCall, key: str, qualifier: str, event: str, *, request_id: str = "", source: str = "") -> Work:
    """Everything that a run needs. Raises CloudError when the function does not exist or cannot run now.

    `source` is the value of TRIGGER_SRC.
    """
    with call.store.exclusive(writes=False):
        function = functions.require(call, key)
        version = functions.version(call, key, aliases.resolve(call, key, qualifier))
        code = call.store.blob(version["blob"]) if version["blob"] else None
        mounted = layers.mounted(call, version)
    if version["Status"] in ("Creating", "CreateFailed", "Deleting"):
        raise CloudError("FailedOperation.FunctionStatusError", f"The function is {version['Status']}.")
    if code is None:
        raise CloudError("UnsupportedOperation", "The local server does not run images.")
    settings = call.context.settings
    return Work(
        call.region,
        settings.app_id,
        settings.uin,
        function,
        version,
        code,
        event,
        request_id or str(uuid.uuid4()),
        source,
        mounted,
    )


def _order(call: ApiCall, parameters: Json, event: str, default_qualifier: str) -> _Order:
    if event:
        try:
            json.loads(event)
        except ValueError as error:
            raise CloudError("InvalidParameterValue.Param", f"The event is not JSON: {error}.") from error
    _require_routing_key(parameters.get("RoutingKey", ""))
    asynchronous = parameters.get("InvocationType") == "Event"
    most = limit("event.async_max_bytes") if asynchronous else limit("event.sync_max_bytes")
    if len(event.encode()) > most:
        raise CloudError("InvalidParameter.RequestTooLarge", f"The event is larger than {most} bytes.")
    log_type = one_of(("None", "Tail"), parameters.get("LogType", "None"), "InvalidParameterValue", "LogType")
    qualifier = parameters.get("Qualifier") or default_qualifier
    return _Order(functions.key_of(call, parameters), qualifier, event, log_type)


def _require_routing_key(text: str) -> None:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    is_flat = isinstance(found, dict) and all(isinstance(value, str) for value in found.values())
    if not is_flat or len(text.encode()) > _MAX_ROUTING_KEY_BYTES:
        raise CloudError("InvalidParameterValue.Param", "RoutingKey must be a small JSON object of texts.")


def _prepared(call: ApiCall, order: _Order) -> Work:
    work = prepare(call, order.key, order.qualifier, order.event)
    if work.version["Type"] == "HTTP":
        message = "A web function is called over HTTP, by its URL."
        raise CloudError("FailedOperation.InvokeFunction", message)
    return work


def _now(call: ApiCall, order: _Order) -> Json:
    work = _prepared(call, order)
    outcome = run_work(call, work)
    log = log_text(outcome, work.request_id, memory_mb=work.version["MemorySize"])
    return {
        "Result": {
            "Log": tail(log) if order.log_type == "Tail" else "",
            "RetMsg": outcome.returned,
            "ErrMsg": outcome.error_text(work.request_id),
            "MemUsage": outcome.memory_bytes,
            "Duration": round(outcome.duration_ms, 3),
            "BillDuration": math.ceil(outcome.duration_ms),
            "FunctionRequestId": work.request_id,
            "InvokeResult": _OK if outcome.status == 200 else _FAILED,
        }
    }


def _later(call: ApiCall, order: _Order) -> Json:
    work = _prepared(call, order)
    _refuse_at_acceptance(call, work)
    accept(call, order.key, order.qualifier, order.event, work.request_id, "CLOUD_API")
    empty = {"Log": "", "RetMsg": "", "ErrMsg": "", "MemUsage": 0, "Duration": 0, "BillDuration": 0, "InvokeResult": 0}
    return {"Result": empty | {"FunctionRequestId": work.request_id}}


def accept(call: ApiCall, key: str, qualifier: str, event: str, request_id: str, source: str) -> None:
    """Accept an asynchronous event from `source`: it is stored, and runs when its time comes."""
    with call.store.exclusive(writes=False):
        settings = settings_of(call, key, qualifier)
    state = EventState(0, Phase.WAITING, 0)
    remember(call, key, request_id, event=state)
    call.context.events.accept(StoredEvent(request_id, key, qualifier, source, event, settings, state))


def _refuse_at_acceptance(call: ApiCall, work: Work) -> None:
    refused = call.context.faults.outcome(work.function["FunctionName"], work.event, 1, REFUSED_AT_ACCEPTANCE)
    if refused is not None:
        code = _CODE_OF_REFUSAL[refused.status]
        raise CloudError(code, f"Status {refused.status}: {_name_of(refused.status)}.")


def remember(
    call: ApiCall, key: str, request_id: str, outcome: Outcome | None = None, event: EventState | None = None
) -> None:
    """Record a run that begins (`outcome` is None) or ended; `event` is the state of its asynchronous event."""
    place = f"{key}/{request_id}"
    now = call.context.event_clock.now()
    with call.store.exclusive(writes=True):
        began = (call.store.get(REQUEST, place) or {}).get("started", now)
        record = {
            "FunctionName": key.rpartition("/")[2],
            "RequestId": request_id,
            "StartTime": as_text(began),
            "RetCode": _RUNNING,
            "RetMsg": "",
            "Duration": 0,
            "MemUsage": 0,
            "RetryNum": 0 if event is None else -1,
            "started": began,
        }
        if outcome is not None:
            record |= {
                "RetCode": _OK if outcome.status == 200 else _FAILED,
                "RetMsg": outcome.returned or outcome.error_text(request_id),
                "Duration": round(outcome.duration_ms, 3),
                "MemUsage": round(outcome.memory_bytes / (1 << 20), 4),
                "RetryNum": event.retries if event else 0,
            }
        call.store.put(REQUEST, place, record)
        call.store.trim(REQUEST, f"{key}/", _KEPT_REQUESTS)


def _window(call: ApiCall, parameters: Json) -> tuple[float, float]:
    start, end = parameters.get("StartTime"), parameters.get("EndTime")
    if bool(start) != bool(end):
        raise CloudError("InvalidParameterValue.StartTimeOrEndTime", "StartTime and EndTime go together.")
    if not start or not end:
        return call.context.event_clock.now() - _LOOK_BACK_S, math.inf
    try:
        # The last second counts as a whole.
        return from_text(start), from_text(end) + 1
    except ValueError as error:
        raise CloudError("InvalidParameterValue.DateTime", "Times have the form YYYY-MM-DD hh:mm:ss.") from error
