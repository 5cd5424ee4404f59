"""Calls functions, and reads what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scfdeploy.facts import limit, status_code
from scfdeploy.model import Address, Value
from scfdeploy.providers.base import Invocation
from scfdeploy.providers.tencent.resources.get_function import names
from scfdeploy.providers.tencent.transport.client import Client

_FAILED = 430
_ACCEPTED = 202
_SPARE_S = 10


def invoke(client: Client, function: Address, event: str, *, qualifier: str) -> Invocation:
    """Call and wait for the result. Raises CloudError when the call itself was refused."""
    answer = client.write(
        "InvokeFunction",
        {
            **names(function),
            "Qualifier": qualifier,
            "Event": event,
            "LogType": "Tail",
        },
        timeout_s=limit("invoke.wait_max_s") + _SPARE_S,
    )
    return _read(answer)


def invoke_later(client: Client, function: Address, event: str, *, qualifier: str) -> Invocation:
    """Hand the event over; only its request id is known. Raises CloudError."""
    answer = client.write(
        "Invoke",
        {
            **names(function),
            "Qualifier": qualifier,
            "InvocationType": "Event",
            "ClientContext": event,
        },
    )
    return Invocation(_request_id(answer), status_code=_ACCEPTED)


def _read(answer: Mapping[str, Any]) -> Invocation:
    result = _object(answer.get("Result"))
    message = str(result.get("ErrMsg") or "")
    has_failed = bool(message) or result.get("InvokeResult") not in (None, 0)
    details = _object(_json(message)) or _object(_json(result.get("RetMsg")))
    memory = _number(result.get("MemUsage"))
    return Invocation(
        _request_id(answer),
        result=None if has_failed else _json(result.get("RetMsg")),
        error=_error(message, details) if has_failed else None,
        status_code=_status(details) if has_failed else 200,
        duration_ms=_number(result.get("Duration")),
        memory_mb=None if memory is None else round(memory / 2**20, 2),
        log=str(result.get("Log") or ""),
    )


def _error(message: str, details: Mapping[str, Any]) -> tuple[str, str, str]:
    """Type, message and trace: the shape differs by runtime and by what went wrong, and may be plain text."""
    known = status_code(_status(details))
    kind = details.get("errorType") or (known.name if known else "") or "Error"
    text = details.get("errorMessage") or details.get("message") or message
    trace = details.get("stackTrace") or details.get("trace") or ""
    if isinstance(trace, list):
        trace = "\n".join(str(line).rstrip("\n") for line in trace)
    return str(kind), str(text), str(trace)


def _status(details: Mapping[str, Any]) -> int:
    for key in ("statusCode", "errorCode"):
        shown = details.get(key)
        if isinstance(shown, int) and status_code(shown) is not None and shown != 200:
            return shown
    return _FAILED


def _request_id(answer: Mapping[str, Any]) -> str:
    return str(_object(answer.get("Result")).get("FunctionRequestId") or answer.get("RequestId") or "")


def _json(text: Any) -> Value:
    """Text as JSON, or the text itself when it is none."""
    if not isinstance(text, str) or not text:
        return None
    import json

    try:
        value: Value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) else None
