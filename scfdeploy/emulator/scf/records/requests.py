"""The stored documents of invocations, which GetRequestStatus reads. Each function keeps its newest 100 to 200."""

from __future__ import annotations

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.clock import as_text
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.runtime import SUCCESS, Outcome

OK, RUNNING, FAILED = 0, 1, -1
"""Values of RetCode."""
_KIND = "request"
_MAX_PER_FUNCTION = 200


def find(call: ApiCall, key: str, request_id: str) -> Json | None:
    """The document of one invocation of the function at `key`, or None. `started` is in seconds since the epoch."""
    return call.store.get(_KIND, f"{key}/{request_id}")


def put_running(call: ApiCall, key: str, request_id: str, *, retries: int = 0) -> None:
    """Record that an invocation starts. RetryNum of an asynchronous event is -1 until an attempt ends."""
    _put(call, key, request_id, {"RetryNum": retries})


def put_outcome(call: ApiCall, key: str, request_id: str, outcome: Outcome, *, retries: int = 0) -> None:
    """Record how an invocation, or the latest attempt of an asynchronous event, ended."""
    fields = {
        "RetCode": OK if outcome.status == SUCCESS else FAILED,
        "RetMsg": outcome.returned or outcome.error_text(request_id),
        "Duration": round(outcome.duration_ms, 3),
        "MemUsage": round(outcome.memory_bytes / (1 << 20), 4),
        "RetryNum": retries,
    }
    _put(call, key, request_id, fields)


def _put(call: ApiCall, key: str, request_id: str, fields: Json) -> None:
    now = call.context.event_clock.now()
    with call.store.exclusive(writes=True):
        started = (find(call, key, request_id) or {}).get("started", now)
        document = {
            "FunctionName": key.rpartition("/")[2],
            "RequestId": request_id,
            "StartTime": as_text(started),
            "RetCode": RUNNING,
            "RetMsg": "",
            "Duration": 0,
            "MemUsage": 0,
            "started": started,
            **fields,
        }
        call.store.put(_KIND, f"{key}/{request_id}", document)
        call.store.trim(_KIND, f"{key}/", _MAX_PER_FUNCTION)
