"""Invoke, InvokeFunction, GetRequestStatus, and the retired GetFunctionLogs."""

from __future__ import annotations

import json
import math

from scfdeploy.delivery.core import End, Phase
from scfdeploy.delivery.profiles.scf import REFUSED_AT_ACCEPTANCE
from scfdeploy.emulator.access import URL
from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.messages import CloudError, Json, read_json
from scfdeploy.emulator.runtime import SUCCESS, Invocation
from scfdeploy.emulator.scf import invocations
from scfdeploy.emulator.scf.param_checks import check_time, read_choice
from scfdeploy.emulator.scf.records import aliases, functions, requests
from scfdeploy.facts import limit

_MAX_ROUTING_KEY_BYTES = 1024
_DEFAULT_WINDOW_S = 15 * 60
_CANCELLED = 499
_REJECTION_CODES = {
    400: "InvalidParameterValue.Param",
    401: "AuthFailure.UnauthorizedOperation",
    402: "ResourceUnavailable.ServiceSuspended",
    406: "InvalidParameter.RequestTooLarge",
    410: "ResourceUnavailable.InsufficientBalance",
    436: "InvalidParameterValue",
}
"""API error codes for statuses that end a call before it is accepted. The documents pair no code with them."""


def invoke(call: ApiCall, parameters: Json) -> Json:
    """Run a function and return its result, or accept an asynchronous event."""
    types = ("RequestResponse", "Event")
    invocation_type = read_choice(parameters, "InvocationType", types, "InvalidParameterValue.InvokeType")
    event, qualifier = parameters.get("ClientContext", ""), parameters.get("Qualifier") or functions.LATEST
    if invocation_type == "RequestResponse":
        return _run(call, parameters, event, qualifier)
    key, invocation = _prepare(call, parameters, event, qualifier, max_bytes=limit("event.async_max_bytes"))
    _reject(call, invocation)
    invocations.accept(call, key, qualifier, event, invocation.request_id, "CLOUD_API")
    empty = {"Log": "", "RetMsg": "", "ErrMsg": "", "MemUsage": 0, "Duration": 0, "BillDuration": 0, "InvokeResult": 0}
    return {"Result": empty | {"FunctionRequestId": invocation.request_id}}


def invoke_function(call: ApiCall, parameters: Json) -> Json:
    """Run a function and return its result. Unlike Invoke, the default qualifier is `$DEFAULT`."""
    return _run(call, parameters, parameters.get("Event", ""), parameters.get("Qualifier") or aliases.DEFAULT)


def get_request_status(call: ApiCall, parameters: Json) -> Json:
    """The status of one invocation that started within a time window, by default the last 15 minutes."""
    key = functions.existing_key(call, parameters)
    start, end = _time_window(call, parameters)
    request_id = parameters["FunctionRequestId"]
    request = requests.find(call, key, request_id) or _document_of_event(call, key, request_id)
    if request is None or not start <= request["started"] <= end:
        return {"TotalCount": 0, "Data": []}
    fields = {name: value for name, value in request.items() if name[0].isupper()}
    return {"TotalCount": 1, "Data": [fields | _event_fields(call, request_id)]}


def get_function_logs(_call: ApiCall, _parameters: Json) -> Json:
    """Raise the error of a retired action."""
    raise CloudError(
        "ActionOffline",
        "GetFunctionLogs is offline. Use GetRequestStatus, or SearchLog of CLS with the topic of the function.",
    )


def _document_of_event(call: ApiCall, key: str, request_id: str) -> Json | None:
    """What `requests` no longer keeps of an asynchronous event, from its log and its timeline; None without one."""
    event = call.store.events.find(request_id)
    if event is None or event.function != key:
        return None
    started = event.state.accepted_at / 1000
    document = requests.running_fields(key, request_id, started) | {"started": started}
    log = call.store.logs.of_request(key, request_id)
    if log is not None:
        return document | requests.status_fields(log)
    attempts = [step for step in call.store.events.timeline(request_id) if step.status is not None]
    if not attempts:
        return document
    code = requests.OK if attempts[-1].status == SUCCESS else requests.FAILED
    return document | {"RetCode": code, "RetMsg": attempts[-1].message, "RetryNum": event.state.retries}


def _event_fields(call: ApiCall, request_id: str) -> Json:
    """The fields that differ from those of the latest attempt: an asynchronous event may run again, or never have."""
    event = call.store.events.find(request_id)
    if event is None or event.state.phase is Phase.WAITING:
        return {}
    if event.state.phase is Phase.RUNNING:
        return {"RetCode": requests.RUNNING, "RetMsg": "", "RetryNum": -1}
    if event.state.end is End.ABORTED or event.state.attempts == 0:
        status = _CANCELLED if event.state.end is End.ABORTED else None
        content = {"errorCode": -1, "errorMessage": event.state.reason or "", "requestId": request_id}
        content |= {} if status is None else {"errorMessage": "The event was cancelled.", "statusCode": status}
        return {"RetCode": requests.FAILED, "RetMsg": json.dumps(content), "RetryNum": event.state.retries}
    return {}


def _run(call: ApiCall, parameters: Json, event: str, qualifier: str) -> Json:
    key, invocation = _prepare(call, parameters, event, qualifier, max_bytes=limit("event.sync_max_bytes"))
    outcome = invocations.run(call, key, invocation)
    request_id, memory_mb = invocation.request_id, invocation.version["MemorySize"]
    return {
        "Result": {
            "Log": outcome.log_tail(request_id, memory_mb=memory_mb) if _log_type(parameters) == "Tail" else "",
            "RetMsg": outcome.returned,
            "ErrMsg": outcome.error_text(request_id),
            "MemUsage": outcome.memory_bytes,
            "Duration": round(outcome.duration_ms, 3),
            "BillDuration": math.ceil(outcome.duration_ms),
            "FunctionRequestId": request_id,
            "InvokeResult": requests.OK if outcome.status == SUCCESS else requests.FAILED,
        }
    }


def _log_type(parameters: Json) -> str:
    # Some clients send "tail".
    return str(parameters.get("LogType", "None")).capitalize()


def _prepare(call: ApiCall, parameters: Json, event: str, qualifier: str, *, max_bytes: int) -> tuple[str, Invocation]:
    if event:
        try:
            read_json(event)
        except ValueError as error:
            raise CloudError("InvalidParameterValue.Param", f"The event is not JSON: {error}.") from error
    _require_routing_key(parameters.get("RoutingKey", ""))
    if len(event.encode()) > max_bytes:
        raise CloudError("InvalidParameter.RequestTooLarge", f"The event is larger than {max_bytes} bytes.")
    read_choice({"LogType": _log_type(parameters)}, "LogType", ("None", "Tail"))
    key = functions.function_key(call, parameters)
    invocation = invocations.prepare(call, key, qualifier, event)
    if invocation.version["Type"] == "HTTP":
        namespace, name = key.split("/")[1:3]
        raise CloudError(
            "FailedOperation.InvokeFunction",
            f"A web function is called over HTTP, by its URL: here {URL}{namespace}/{name}/ of `scfdeploy emulator`, "
            f"or with `scfdeploy invoke --method GET`.",
        )
    return key, invocation


def _reject(call: ApiCall, invocation: Invocation) -> None:
    name = invocation.function["FunctionName"]
    forced = call.context.faults.outcome(name, invocation.event, 1, REFUSED_AT_ACCEPTANCE)
    if forced is not None:
        message = f"Status {forced.status}: {invocations.status_name(forced.status)}."
        raise CloudError(_REJECTION_CODES[forced.status], message)
    most = call.context.settings.async_qps
    if most:
        with call.store.exclusive(writes=False):
            accepted = call.store.events.accepted_since(round(call.context.event_clock.now() * 1000) - 1000)
        if accepted >= most:
            raise CloudError("RequestLimitExceeded", f"More than {most} asynchronous calls per second.")


def _require_routing_key(text: str) -> None:
    try:
        routing_key = read_json(text or "{}")
    except ValueError:
        routing_key = None
    is_flat = isinstance(routing_key, dict) and all(isinstance(value, str) for value in routing_key.values())
    if not is_flat or len(text.encode()) > _MAX_ROUTING_KEY_BYTES:
        raise CloudError("InvalidParameterValue.Param", "RoutingKey must be a small JSON object of texts.")


def _time_window(call: ApiCall, parameters: Json) -> tuple[float, float]:
    start, end = parameters.get("StartTime"), parameters.get("EndTime")
    if bool(start) != bool(end):
        raise CloudError("InvalidParameterValue.StartTimeOrEndTime", "StartTime and EndTime must be given together.")
    if not start or not end:
        return call.context.event_clock.now() - _DEFAULT_WINDOW_S, math.inf
    # Times have whole seconds: include all of the last one.
    return check_time(start), check_time(end) + 1
