"""Local queues, their messages, and what commands did with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from scfdeploy.diagnostics import message
from scfdeploy.report.terminal import safe
from scfdeploy.report.text.style import TextStyle, aligned_table
from scfdeploy.results.queues import QueueCall, QueueCalls, QueueChanged, QueueList, QueueMessage, QueueShown

_SHORT_ID = 4
_TRACEBACK = "Traceback (most recent call last):"


def render_queue_list(result: QueueList, style: TextStyle) -> str:
    """A table of the queues."""
    if not result.queues:
        return message("There are no local queues. `scfdeploy queue create NAME` creates one.") + "\n"
    header = (
        message("NAME"),
        message("KIND"),
        message("MESSAGES"),
        message("OLDEST"),
        message("FAILED DELIVERIES"),
    )
    rows = [
        (
            safe(queue.name),
            safe(queue.kind),
            str(queue.messages),
            safe(queue.oldest or "-"),
            str(queue.failed_deliveries),
        )
        for queue in result.queues
    ]
    return "\n".join(aligned_table(header, rows, style, numbers=(2, 4))) + "\n"


def render_queue_shown(result: QueueShown, style: TextStyle) -> str:
    """A table of the messages."""
    count = message("1 message") if result.total == 1 else message("{count} messages", count=result.total)
    lines = [f"{safe(result.name)} ({safe(result.kind)}), {count}"]
    if result.messages:
        header = (message("ID"), message("SENT"), message("REQUEST ID"), message("RETRIES"), message("ERROR"))
        lines += aligned_table(header, [_row(entry) for entry in result.messages], style, numbers=(3,))
    lines += [safe(entry.note) for entry in result.messages if entry.note]
    if result.explain:
        lines += [line for entry in result.messages for line in _explained(entry)]
    return "\n".join(lines) + "\n"


def render_queue_calls(result: QueueCalls, _style: TextStyle) -> str:
    """One line per message, and their count."""
    is_test = result.command == "queue test"
    lines = [_test_line(call) if is_test else _redrive_line(call) for call in result.calls]
    done = sum(call.ok for call in result.calls)
    failed = len(result.calls) - done
    if is_test:
        lines.append(message("{done} passed, {failed} failed. Messages were not removed.", done=done, failed=failed))
    elif done == 1:
        lines.append(message("1 message redriven, {failed} failed.", failed=failed))
    else:
        lines.append(message("{done} messages redriven, {failed} failed.", done=done, failed=failed))
    return "\n".join(lines) + "\n"


def render_queue_changed(result: QueueChanged, _style: TextStyle) -> str:
    """One sentence."""
    values = {name: safe(value) if isinstance(value, str) else value for name, value in result.values.items()}
    return "\n".join(_sentences(result.command, values)) + "\n"


def _sentences(command: str, values: dict[str, Any]) -> Iterator[str]:
    match command:
        case "queue create":
            is_topic = values["kind"] == "CMQ-TOPIC"
            yield message("Created topic {name}.", **values) if is_topic else message("Created queue {name}.", **values)
        case "queue subscribe":
            yield _subscribed(values)
        case "queue send":
            yield _sent(values)
            if values["note"]:
                yield values["note"]
        case "queue purge" if values["deleted"] == 1:
            yield message("Deleted 1 message from {name}.", **values)
        case "queue purge":
            yield message("Deleted {deleted} messages from {name}.", **values)


def _subscribed(values: dict[str, Any]) -> str:
    parts = [message("tag {tag}", **values)] if values["tag"] else []
    parts += [message("binding key {key}", key=values["bindingKey"])] if values["bindingKey"] else []
    filters = f" ({', '.join(parts)})" if parts else ""
    if values["kind"] == "function":
        return message("Subscribed function {to} to topic {topic}", **values) + filters + "."
    return message("Subscribed queue {to} to topic {topic}", **values) + filters + "."


def _sent(values: dict[str, Any]) -> str:
    if values["kind"] != "CMQ-TOPIC":
        return message("Sent to queue {name}.", **values)
    subscribers, triggers = values["subscribers"], values["triggers"]
    count = message("1 subscriber") if subscribers == 1 else message("{n} subscribers", n=subscribers)
    started = message("1 trigger started") if triggers == 1 else message("{n} triggers started", n=triggers)
    return message("Sent to topic {name}: {count}, {started}.", name=values["name"], count=count, started=started)


def _row(entry: QueueMessage) -> tuple[str, ...]:
    body, inner = entry.fields, entry.event_fields
    request_id = str(body.get("RequestId", "-"))
    error = _error(str(body.get("ErrorMessage", ""))) or "-"
    retries = safe(str(inner.get("RetryNum", "-")))
    return str(entry.id), safe(entry.sent_at), _short(request_id), retries, safe(error)


def _error(text: str) -> str:
    """The line of a stack trace that says what was wrong; of any other text the first line."""
    _, header, trace = text.rpartition(_TRACEBACK)
    lines = trace.lstrip("\n").split("\n") if header else text.strip().split("\n")
    return next((line for line in lines if line and not line.startswith(" ")), "")


def _explained(entry: QueueMessage) -> Iterator[str]:
    yield ""
    yield message("Message {id}", id=entry.id)
    meanings = _meanings()
    for name, value in {**entry.fields, **entry.event_fields}.items():
        if name != "Body":
            shown = _error(str(value)) if name == "ErrorMessage" else value
            text = safe(shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False))
            meaning = meanings.get(name, "")
            yield f"  {safe(name)}: {text}" + (f"  ({meaning})" if meaning else "")


def _meanings() -> dict[str, str]:
    """What each field of a dead letter means. The sample contradicts the guide's own text in three fields."""
    return {
        "RequestId": message("request id of the failed event"),
        "ErrorCode": message("-1 in the documented sample, whatever the status was"),
        "ErrorMessage": message("stack trace of the last attempt, or the name of its status"),
        "RequestSource": message("what sent the event; values other than TRIGGER_TIMER are assumed"),
        "ClientContext": message("text of the event, unchanged"),
        "InvocationType": message("RequestResponse in the documented sample, although the event was asynchronous"),
        "TimeStampForInvoker": message("time of the first trigger in ms"),
        "PushTime": message("time of delivery to the queue"),
        "RetryNum": message("attempts that began after an execution error"),
        "Ttl": message("0 in the documented sample, whatever time was left"),
    }


def _test_line(call: QueueCall) -> str:
    if call.ok:
        return message(
            "{id}  {request}  passed  status {status}", id=call.id, request=_short(call.request_id), status=call.status
        )
    status = "  " + message("status {code}", code=call.status) if call.status is not None else ""
    return (
        message("{id}  {request}  failed", id=call.id, request=_short(call.request_id))
        + status
        + f"  {safe(call.error)}"
    )


def _redrive_line(call: QueueCall) -> str:
    if call.ok:
        return message(
            "{id}  sent to {function}, new request id {request}",
            id=call.id,
            function=safe(call.function),
            request=_short(call.request_id),
        )
    return message("{id}  not sent: {error}", id=call.id, error=safe(call.error))


def _short(request_id: str) -> str:
    return f"{safe(request_id[:_SHORT_ID])}…" if len(request_id) > _SHORT_ID + 4 else safe(request_id)
