"""Sends failed events to the dead letter queue of their function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scfdeploy.delivery.core import Reason
from scfdeploy.delivery.envelopes import FailedEvent, Message, scf_dead_letter
from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.queues import records
from scfdeploy.emulator.queues.publish import publish_to
from scfdeploy.emulator.scf.events.firing import fire_message
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
    note: str = ""


def deliver(app: EmulatorApp, event: StoredEvent, reason: Reason, at: int, last: TimelineStep | None) -> Delivery:
    """Send an event that failed at the time `at` to its dead letter queue, once. Inside `Store.exclusive`.

    `last` is its last attempt, if it had one.
    """
    name, kind = event.settings.dead_letter_name, records.kind_of(event.settings.dead_letter_type)
    message = _message(app, event, reason, at, last)
    size = len(message.body.encode())
    queue = records.find(app.store, name)
    error, cause = _problem(app, name, queue, kind, size)
    if error or queue is None:
        records.count_failure(app.store, event.function, name, cause)
        return Delivery(name, kind, size, error, cause)
    published = publish_to(app.store, queue, message.body, dict(message.attributes), at)
    if kind == records.TOPIC:
        fire_message(app, name, published, message.body)
    return Delivery(name, kind, size, note=published.note)


def _problem(app: EmulatorApp, name: str, queue: Json | None, kind: str, size: int) -> tuple[str, str]:
    """Why a message cannot be delivered, and the cause as it is counted."""
    most = delivery_value("scf", "queue.message_max_bytes")
    if app.faults.denies(name):
        return "permission denied", "permission"
    if queue is None:
        return "queue not found", "resource"
    if queue["kind"] != kind:
        return f"queue not found ({name} is a {queue['kind']})", "resource"
    if size > most:
        return f"{size:,} bytes exceed the limit of {most:,} bytes (assumed)", "size"
    return "", ""


def _message(app: EmulatorApp, event: StoredEvent, reason: Reason, at: int, last: TimelineStep | None) -> Message:
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
    return scf_dead_letter(failed, plain=app.settings.envelope == "plain")


def _error_text(last: TimelineStep | None, reason: Reason) -> str:
    """The stack trace of the last attempt, or the text of its status."""
    if last is None:
        return reason.value
    trace: str = (last.detail or {}).get("trace", "")
    return trace.rstrip("\n") or last.message
