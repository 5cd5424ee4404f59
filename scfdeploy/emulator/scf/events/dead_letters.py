"""Sends failed events to the dead letter queue of their function."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scfdeploy.delivery.core import Reason
from scfdeploy.delivery.envelopes import FailedEvent, scf_dead_letter
from scfdeploy.emulator.store import StoredEvent, TimelineStep
from scfdeploy.facts import delivery_value

if TYPE_CHECKING:
    from scfdeploy.emulator.app import EmulatorApp


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message. `cause` is `permission`, `resource` or `size`, and empty when it arrived."""

    destination: str
    kind: str
    size: int
    error: str = ""
    cause: str = ""


def deliver(app: EmulatorApp, event: StoredEvent, reason: Reason, at: int) -> Delivery:
    """Send an event that failed at the time `at` to its dead letter queue, once. Inside `Store.exclusive`."""
    name, kind = event.settings.dead_letter_name, event.settings.dead_letter_type
    size = len(message_of(app, event, reason, at).encode())
    most = delivery_value("scf", "queue.message_max_bytes")
    if size > most:
        return Delivery(name, kind, size, f"{size:,} bytes exceed the limit of {most:,} bytes (assumed)", "size")
    return Delivery(name, kind, size, "queue not found", "resource")


def message_of(app: EmulatorApp, event: StoredEvent, reason: Reason, at: int) -> str:
    """The text of the message: the envelope as JSON."""
    last = _last_attempt(app, event)
    _, namespace, function = event.function.split("/")
    state = event.state
    failed = FailedEvent(
        event.request_id,
        last.status if last and last.status else -1,
        _error_text(last, reason),
        int(app.settings.app_id),
        app.settings.uin,
        event.source,
        function,
        namespace,
        event.qualifier,
        event.body,
        state.accepted_at,
        at,
        state.retries,
        max(0, (state.accepted_at + event.settings.max_age_ms - at) // 1000),
    )
    return json.dumps(scf_dead_letter(failed), ensure_ascii=False)


def _last_attempt(app: EmulatorApp, event: StoredEvent) -> TimelineStep | None:
    attempts = [line for line in app.store.events.timeline(event.request_id) if line.kind in ("attempt", "retry")]
    return attempts[-1] if attempts else None


def _error_text(last: TimelineStep | None, reason: Reason) -> str:
    if last is None:
        return reason.value
    log = (last.detail or {}).get("log", "")
    start = log.rfind("Traceback (most recent call last):")
    return log[start:].rstrip("\n") if start >= 0 else last.message
