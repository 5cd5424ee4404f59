"""The stored documents of invocations, which GetRequestStatus reads, and the log entries of their runs.

Each function keeps the documents of its newest 100 to 200 invocations.
"""

from __future__ import annotations

import os

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.clock import as_text
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.runtime import SUCCESS, Outcome, failed
from scfdeploy.emulator.store import LogEntry, Store

OK, RUNNING, FAILED = 0, 1, -1
"""Values of RetCode."""
_KIND = "request"
_KEPT_PER_FUNCTION = 100
_INTERRUPTED = 500


def find(call: ApiCall, key: str, request_id: str) -> Json | None:
    """The document of one invocation of the function at `key`, or None. `started` is in seconds since the epoch."""
    return call.store.get(_KIND, f"{key}/{request_id}")


def put_running(call: ApiCall, key: str, request_id: str) -> None:
    """Record that an invocation starts."""
    with call.store.exclusive(writes=True):
        _put_new(call, key, request_id, 0)


def put_accepted(call: ApiCall, key: str, request_id: str) -> None:
    """Record an asynchronous event, inside `Store.exclusive`. RetryNum is -1 until an attempt ends."""
    _put_new(call, key, request_id, -1)


def _put_new(call: ApiCall, key: str, request_id: str, retries: int) -> None:
    now = call.context.event_clock.now()
    document = {**running_fields(key, request_id, now), "RetryNum": retries, "started": now, "process": os.getpid()}
    call.store.put(_KIND, f"{key}/{request_id}", document)
    call.store.trim(_KIND, f"{key}/", kept=_KEPT_PER_FUNCTION)


def running_fields(key: str, request_id: str, started: float) -> Json:
    """The fields of GetRequestStatus for an invocation that has not ended."""
    return {
        "FunctionName": key.rpartition("/")[2],
        "RequestId": request_id,
        "StartTime": as_text(started),
        "RetCode": RUNNING,
        "RetMsg": "",
        "Duration": 0,
        "MemUsage": 0,
        "RetryNum": -1,
    }


def discard(call: ApiCall, key: str, request_id: str) -> None:
    """Remove the document of an invocation that could not start."""
    with call.store.exclusive(writes=True):
        call.store.delete(_KIND, f"{key}/{request_id}")


def put_outcome(store: Store, log: LogEntry) -> None:
    """Record how an invocation, or an attempt of an asynchronous event, ended. Inside `Store.exclusive`."""
    store.logs.add(log)
    key = f"{log.function}/{log.request_id}"
    document = store.get(_KIND, key)
    if document is not None:
        store.put(_KIND, key, document | status_fields(log))


def status_fields(log: LogEntry) -> Json:
    """The fields of GetRequestStatus that say how a run ended."""
    return {
        "RetCode": OK if log.status == SUCCESS else FAILED,
        "RetMsg": log.returned or log.error,
        "Duration": log.duration_ms,
        "MemUsage": log.memory_mb,
        "RetryNum": log.retries,
    }


def log_entry(
    key: str, request_id: str, outcome: Outcome, *, started_at: int, retries: int = 0, version: str = ""
) -> LogEntry:
    """The log entry of a run that began at `started_at`, in milliseconds, of the function at `key`."""
    return LogEntry(
        key,
        request_id,
        started_at,
        outcome.status,
        round(outcome.duration_ms, 3),
        round(outcome.memory_bytes / (1 << 20), 4),
        retries,
        version,
        outcome.returned,
        outcome.error_text(request_id),
        outcome.output,
    )


def end_interrupted(store: Store) -> None:
    """End the synchronous invocations of servers that were killed. Inside `Store.exclusive`."""
    for key, document in store.list_equal(_KIND, "RetCode", RUNNING):
        request_id = document["RequestId"]
        if store.events.find(request_id) is None and not _is_running(document.get("process", 0)):
            function, started_at = key.rpartition("/")[0], round(document["started"] * 1000)
            outcome = failed(_INTERRUPTED, "the server was stopped")
            put_outcome(store, log_entry(function, request_id, outcome, started_at=started_at))


def _is_running(process: int) -> bool:
    """Whether another process exists. A server of this process that left an invocation behind no longer runs."""
    if process in (0, os.getpid()):
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
