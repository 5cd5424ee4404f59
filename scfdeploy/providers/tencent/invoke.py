"""Invokes functions and reads their results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scfdeploy.facts import limit
from scfdeploy.facts.errors import status_code
from scfdeploy.model import Address, Value
from scfdeploy.model.value import parse_json_or_text
from scfdeploy.providers.invocation import Invocation
from scfdeploy.providers.tencent.resources.wire import function_params
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.paging import mapping, number

_FAILED = 430
_ACCEPTED = 202
_MARGIN_S = 10


def invoke(client: Client, function: Address, event: str, *, qualifier: str) -> Invocation:
    """Invoke a function and wait for its result. Raises CloudError when the invocation is rejected."""
    params = {**function_params(function), "Qualifier": qualifier, "Event": event, "LogType": "Tail"}
    response = client.write("InvokeFunction", params, timeout_s=limit("invoke.wait_max_s") + _MARGIN_S)
    result = mapping(response.get("Result"))
    text = str(result.get("ErrMsg") or "")
    has_failed = bool(text) or result.get("InvokeResult") not in (None, 0)
    details = mapping(_json(text)) or mapping(_json(result.get("RetMsg")))
    memory = number(result.get("MemUsage"))
    return Invocation(
        _request_id(response),
        result=None if has_failed else _json(result.get("RetMsg")),
        error=_error(text, details) if has_failed else None,
        status_code=_status(details) if has_failed else 200,
        duration_ms=number(result.get("Duration")),
        memory_mb=None if memory is None else round(memory / 2**20, 2),
        log=str(result.get("Log") or ""),
    )


def invoke_later(client: Client, function: Address, event: str, *, qualifier: str) -> Invocation:
    """Queue an asynchronous invocation; the result has only its request id. Raises CloudError."""
    params = {**function_params(function), "Qualifier": qualifier, "InvocationType": "Event", "ClientContext": event}
    return Invocation(_request_id(client.write("Invoke", params)), status_code=_ACCEPTED)


def _error(text: str, details: Mapping[str, Any]) -> tuple[str, str, str]:
    """Type, message and trace. Their form depends on the runtime and the failure, and `text` may be plain text."""
    status = status_code(_status(details))
    error_type = details.get("errorType") or (status.name if status else "") or "Error"
    error_text = details.get("errorMessage") or details.get("message") or text
    trace = details.get("stackTrace") or details.get("trace") or ""
    if isinstance(trace, list):
        trace = "\n".join(str(line).rstrip("\n") for line in trace)
    return str(error_type), str(error_text), str(trace)


def _status(details: Mapping[str, Any]) -> int:
    for key in ("statusCode", "errorCode"):
        code = details.get(key)
        if isinstance(code, int) and status_code(code) is not None and code != 200:
            return code
    return _FAILED


def _request_id(response: Mapping[str, Any]) -> str:
    return str(mapping(response.get("Result")).get("FunctionRequestId") or response.get("RequestId") or "")


def _json(text: Any) -> Value:
    """Text parsed as JSON, or unchanged when it is not JSON."""
    return parse_json_or_text(text) if isinstance(text, str) and text else None
