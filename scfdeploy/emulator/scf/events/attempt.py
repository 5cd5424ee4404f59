"""One attempt of an asynchronous event: the run of its function, or the status that replaces it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.faults import ForcedOutcome
from scfdeploy.emulator.messages import CloudError, Json
from scfdeploy.emulator.runtime import Outcome, failed
from scfdeploy.emulator.scf.invocations import prepare, run_once, status_name
from scfdeploy.emulator.scf.records import functions, requests
from scfdeploy.emulator.store import LogEntry, StoredEvent

if TYPE_CHECKING:
    from scfdeploy.emulator.app import EmulatorApp

_LIMITS = {433: "Timeout", 450: "InitTimeout"}
"""The time limit that a status uses up."""
_STATUS_OF_ERROR = {
    "ResourceNotFound.Function": 435,
    "ResourceNotFound.Version": 442,
    "ResourceNotFound.Qualifier": 442,
    "FailedOperation.FunctionStatusError": 438,
    "ResourceNotFound.LayerVersion": 437,
}
_PLATFORM_ERROR = 500
_NO_FUNCTION = 435
_TRIGGER_SOURCES = {"TRIGGER_TIMER": "timer"}
"""TRIGGER_SRC by the source of an event. The guide documents it for timers only."""


class AttemptResult(NamedTuple):
    """How an attempt ended."""

    status: int
    message: str
    log: str
    """What the function printed."""
    began_at: int
    held_ms: int
    """Its duration on a held clock: a time limit that it exceeded, or 0."""
    duration_ms: float
    memory_mb: float
    trace: str = ""
    """The stack trace of an exception that ended the attempt."""


def run_attempt(app: EmulatorApp, event: StoredEvent, forced: ForcedOutcome | None) -> AttemptResult:
    """Run the function of an event once; a fault rule may lose its result. Not inside `Store.exclusive`."""
    began_at = round(app.event_clock.now() * 1000)
    call = ApiCall(app.context(), event.function.partition("/")[0])
    version: Json | None = None
    try:
        source = _TRIGGER_SOURCES.get(event.source, "")
        invocation = prepare(
            call, event.function, event.qualifier, event.body, request_id=event.request_id, source=source
        )
        version = invocation.version
        outcome = run_once(call, invocation)
    except CloudError as error:
        outcome = failed(_STATUS_OF_ERROR.get(error.code, _PLATFORM_ERROR), error.message)
    if forced is not None:
        outcome = failed(
            forced.status, status_name(forced.status), output=outcome.output, duration_ms=outcome.duration_ms
        )
    if outcome.status != _NO_FUNCTION:
        with app.store.exclusive(writes=True):
            log = _record(app, event, outcome, began_at, version)
        app.runs.ended(log)
    return _result(outcome, began_at, version)


def replaced_attempt(app: EmulatorApp, event: StoredEvent, status: int) -> AttemptResult:
    """The result of an attempt that a fault rule replaces before the function starts. Inside `Store.exclusive`."""
    held_s = 0
    if status in _LIMITS:
        version = app.store.get(functions.VERSION, f"{event.function}/{functions.LATEST}") or {}
        held_s = version.get(_LIMITS[status], 0)
    began_at = round(app.event_clock.now() * 1000)
    _record(app, event, failed(status, status_name(status), duration_ms=held_s * 1000), began_at)
    return AttemptResult(status, status_name(status), "", began_at, held_s * 1000, held_s * 1000, 0.0)


def record_interrupted(app: EmulatorApp, event: StoredEvent, status: int, message: str, began_at: int) -> None:
    """Record an attempt that ended with the server that ran it. Inside `Store.exclusive`."""
    _record(app, event, failed(status, message), began_at)


def _record(
    app: EmulatorApp, event: StoredEvent, outcome: Outcome, began_at: int, version: Json | None = None
) -> LogEntry:
    log = requests.log_entry(
        event.function,
        event.request_id,
        outcome,
        started_at=began_at,
        retries=event.state.retries,
        version=version["FunctionVersion"] if version else "",
    )
    requests.put_outcome(app.store, log)
    return log


def _result(outcome: Outcome, began_at: int, version: Json | None) -> AttemptResult:
    held_s = version[_LIMITS[outcome.status]] if version is not None and outcome.status in _LIMITS else 0
    return AttemptResult(
        outcome.status,
        _message(outcome),
        outcome.output,
        began_at,
        held_s * 1000,
        round(outcome.duration_ms, 3),
        round(outcome.memory_bytes / (1 << 20), 4),
        str(outcome.error.get("stackTrace") or ""),
    )


def _message(outcome: Outcome) -> str:
    if not outcome.error:
        return ""
    kind, text = outcome.error.get("errorType", ""), outcome.error.get("errorMessage", "")
    return f"{kind}: {text}" if kind and text else str(kind or text)
