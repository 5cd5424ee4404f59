"""`queue`: list, show and use the local queues and topics."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Address
from scfdeploy.operations.emulator import Emulator
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.operations.resolve_function import function_address
from scfdeploy.results import Findings
from scfdeploy.results.queues import Queue, QueueCall, QueueCalls, QueueChanged, QueueList, QueueMessage, QueueShown

_PAGE = 1_000
"""Messages per answer of the local server."""


def list_queues(request: Request, cloud: CloudOptions) -> QueueList:
    """Every queue and topic of the local server."""
    answer = Emulator(request, cloud).control.get("queues")
    queues = [
        Queue(entry["name"], entry["kind"], entry["messages"], entry["oldest"], entry["failedDeliveries"])
        for entry in answer["queues"]
    ]
    return QueueList(Findings(), queues)


def show(request: Request, cloud: CloudOptions, name: str, *, limit: int, explain: bool) -> QueueShown:
    """The oldest messages of a queue. They stay in it."""
    answer = Emulator(request, cloud).control.post("queues/show", {"name": name, "limit": limit})
    messages = tuple(map(_message, answer["messages"]))
    return QueueShown(Findings(), name, answer["kind"], answer["count"], messages, explain)


def create(request: Request, cloud: CloudOptions, name: str, *, topic: bool) -> QueueChanged:
    """Create a queue or topic."""
    answer = Emulator(request, cloud).control.post("queues/create", {"name": name, "topic": topic})
    return QueueChanged("queue create", Findings(), {"name": name, "kind": answer["kind"]})


def subscribe(
    request: Request, cloud: CloudOptions, topic: str, to: str, *, tag: str, binding_key: str
) -> QueueChanged:
    """Subscribe a queue or function to a topic."""
    content = {"topic": topic, "to": to, "tag": tag, "bindingKey": binding_key}
    answer = Emulator(request, cloud).control.post("queues/subscribe", content)
    return QueueChanged("queue subscribe", Findings(), {"topic": topic, **answer})


def send(request: Request, cloud: CloudOptions, name: str, text: str, *, tag: str, key: str) -> QueueChanged:
    """Publish a message to a topic, or put it into a queue."""
    answer = Emulator(request, cloud).control.post("queues/send", {"name": name, "text": text, "tag": tag, "key": key})
    return QueueChanged("queue send", Findings(), {"name": name, **answer})


def purge(request: Request, cloud: CloudOptions, name: str) -> QueueChanged:
    """Delete all messages of a queue."""
    answer = Emulator(request, cloud).control.post("queues/purge", {"name": name})
    return QueueChanged("queue purge", Findings(), {"name": name, "deleted": answer["deleted"]})


def count_messages(request: Request, cloud: CloudOptions, name: str) -> int:
    """How many messages a queue has."""
    answer = Emulator(request, cloud).control.post("queues/show", {"name": name, "limit": 1})
    return int(answer["count"])


def call_handler(request: Request, cloud: CloudOptions, name: str, handler: str) -> QueueCalls:
    """Call a function with each message as a topic trigger would. The messages stay in the queue."""
    emulator = Emulator(request, cloud)
    messages = _messages(emulator, name)
    function = function_address(handler, emulator.project)
    calls = [_call(emulator, function, name, entry) for entry in messages]
    return QueueCalls("queue test", Findings(), name, handler, calls)


def redrive(request: Request, cloud: CloudOptions, name: str, *, to: str = "", ids: Sequence[int] = ()) -> QueueCalls:
    """Send the event of each dead letter to its function again, or to `to`. Accepted ones leave the queue."""
    emulator = Emulator(request, cloud)
    entries = [entry for entry in _messages(emulator, name) if not ids or entry.id in ids]
    missing = sorted(set(ids) - {entry.id for entry in entries})
    if missing:
        raise ScfDeployError(
            message("{name} has no message {ids}", name=name, ids=", ".join(map(str, missing))),
            hint=message("`scfdeploy queue show {name}` lists the messages.", name=name),
        )
    calls = [_redrive(emulator, name, entry, to) for entry in entries]
    functions = sorted({call.function for call in calls if call.function})
    return QueueCalls("queue redrive", Findings(), name, ", ".join(functions), calls)


def _messages(emulator: Emulator, name: str) -> list[QueueMessage]:
    """All messages of a queue, the oldest first."""
    messages: list[QueueMessage] = []
    while True:
        after = messages[-1].id if messages else 0
        page = emulator.control.post("queues/show", {"name": name, "limit": _PAGE, "after": after})["messages"]
        messages += map(_message, page)
        if len(page) < _PAGE:
            return messages


def _call(emulator: Emulator, function: Address, queue: str, entry: QueueMessage) -> QueueCall:
    request_id = str(entry.fields.get("RequestId", "-"))
    event = {
        "Records": [
            {
                "CMQ": {
                    "type": "topic",
                    "topicOwner": str(entry.event_fields.get("AppId", "")),
                    "topicName": queue,
                    "subscriptionName": f"{queue}-test",
                    "publishTime": entry.sent_at,
                    "msgId": str(entry.id),
                    "requestId": request_id,
                    "msgBody": entry.text,
                    "msgTag": "",
                }
            }
        ]
    }
    invocation = emulator.provider.invoke(
        function, json.dumps(event, ensure_ascii=False), qualifier="$LATEST", asynchronous=False
    )
    error = invocation.error
    text = "" if error is None else f"{error[0]}: {error[1]}" if error[0] else error[1]
    return QueueCall(entry.id, request_id, error is None, invocation.status_code, text)


def _redrive(emulator: Emulator, queue: str, entry: QueueMessage, to: str) -> QueueCall:
    # A dead letter has the name of its function, which can also be the key of another function of the project.
    function = function_address(to, emulator.project) if to else _function_of(entry)
    name = to or (function.function_name if function else "")
    event = entry.event_fields.get("ClientContext")
    if not isinstance(event, str) or function is None:
        error_text = message("it is no dead letter of a function")
        return QueueCall(entry.id, "", ok=False, status=None, error=error_text, function=name)
    try:
        qualifier = "$LATEST" if to else str(entry.event_fields.get("Qualifier") or "$LATEST")
        invocation = emulator.provider.invoke(function, event, qualifier=qualifier, asynchronous=True)
    except ScfDeployError as error:
        return QueueCall(entry.id, "", ok=False, status=None, error=str(error), function=name)
    emulator.control.post("queues/delete", {"name": queue, "ids": [entry.id]})
    return QueueCall(entry.id, invocation.request_id, ok=True, status=None, function=name)


def _function_of(entry: QueueMessage) -> Address | None:
    """The function of a dead letter; None for any other message."""
    namespace, name = (str(entry.event_fields.get(field) or "") for field in ("Namespace", "FunctionName"))
    return Address.of_function(namespace or "default", name) if name else None


def _message(entry: dict[str, Any]) -> QueueMessage:
    return QueueMessage(entry["id"], entry["sentAt"], entry["attributes"], entry["body"], entry["text"], entry["note"])
