"""Control paths of queues: list, show, create, subscribe, send, purge, delete messages."""

from __future__ import annotations

from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.clock import as_rfc3339
from scfdeploy.emulator.control.content import is_row_id, json_or_text, require_text
from scfdeploy.emulator.messages import ControlError, Json
from scfdeploy.emulator.queues import records
from scfdeploy.emulator.queues.publish import publish
from scfdeploy.emulator.scf.events.firing import fire_message
from scfdeploy.emulator.scf.records import functions, triggers
from scfdeploy.emulator.store import StoredMessage

_MOST_MESSAGES = 10_000


def list_queues(app: EmulatorApp, _content: Json) -> Json:
    """Every queue and topic with its number of messages, the oldest, and failed deliveries."""
    with app.store.exclusive(writes=False):
        found, failures = [], records.failures_by_queue(app.store)
        for queue in records.every(app.store):
            count, oldest = app.store.messages.count(queue["name"])
            found.append(
                {
                    "name": queue["name"],
                    "kind": queue["kind"],
                    "standsIn": queue["standsIn"],
                    "messages": count,
                    "oldest": None if oldest is None else as_rfc3339(oldest / 1000),
                    "failedDeliveries": failures[queue["name"]],
                }
            )
        return {"queues": found}


def show_queue(app: EmulatorApp, content: Json) -> Json:
    """The oldest messages of a queue, with `after` only those with greater ids; they stay in it."""
    name, limit, after = require_text(content, "name"), content.get("limit", 10), content.get("after", 0)
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= _MOST_MESSAGES:
        raise ControlError(f'"limit" is a number from 1 to {_MOST_MESSAGES}')
    if not is_row_id(after):
        raise ControlError('"after" is the id of a message')
    with app.store.exclusive(writes=False):
        queue = records.require(app.store, name)
        count, _ = app.store.messages.count(name)
        messages = [_message(message) for message in app.store.messages.oldest(name, limit, after=after)]
        subscribers = records.subscriptions(app.store, name)
    return {"name": name, "kind": queue["kind"], "count": count, "messages": messages, "subscribers": subscribers}


def create_queue(app: EmulatorApp, content: Json) -> Json:
    """Create a queue, or with `topic` true a topic."""
    kind = records.TOPIC if content.get("topic") is True else records.QUEUE
    with app.store.exclusive(writes=True):
        return records.create(app.store, require_text(content, "name"), kind, app.event_clock.now())


def subscribe(app: EmulatorApp, content: Json) -> Json:
    """Subscribe the queue or function `to` to a topic, filtered by `tag` and `bindingKey`."""
    topic, to = require_text(content, "topic"), require_text(content, "to")
    with app.store.exclusive(writes=True):
        _create_topic_of_trigger(app, topic)
        if records.require(app.store, topic)["kind"] != records.TOPIC:
            raise ControlError(f"{topic} is a queue; only topics have subscribers.")
        target = records.find(app.store, to)
        if target is not None and target["kind"] != records.QUEUE:
            raise ControlError(f"{to} is a topic and cannot subscribe.")
        if target is None and functions.find_key(app.store, to) is None:
            raise ControlError(f"There is no queue or function {to}.")
        subscription = {
            "to": to,
            "kind": "function" if target is None else "queue",
            "tag": str(content.get("tag") or ""),
            "bindingKey": str(content.get("bindingKey") or ""),
        }
        records.subscribe(app.store, topic, subscription)
    return subscription


def send(app: EmulatorApp, content: Json) -> Json:
    """Publish `text` to a topic, or put it into a queue."""
    name, text = require_text(content, "name"), content.get("text")
    if not isinstance(text, str):
        raise ControlError('"text" is missing')
    tag, key = str(content.get("tag") or ""), str(content.get("key") or "")
    now_ms = round(app.event_clock.now() * 1000)
    with app.store.exclusive(writes=True):
        _create_topic_of_trigger(app, name)
        kind = records.require(app.store, name)["kind"]
        published = publish(app.store, name, text, {}, now_ms, tag=tag, key=key)
        started = fire_message(app, name, published, text, tag=tag, key=key) if kind == records.TOPIC else 0
    app.events.wake()
    return {
        "kind": kind,
        "subscribers": published.subscribers,
        "triggers": started,
        "note": published.note,
    }


def _create_topic_of_trigger(app: EmulatorApp, name: str) -> None:
    """Create the topic that a CMQ trigger names: in the cloud it exists before the trigger."""
    stored = app.store.list_prefix(triggers.KIND, "")
    is_named = any(trigger["Type"] == "cmq" and trigger["TriggerName"] == name for _, trigger in stored)
    if is_named and app.settings.queues == "auto" and records.find(app.store, name) is None:
        records.create(app.store, name, records.TOPIC, app.event_clock.now())


def purge(app: EmulatorApp, content: Json) -> Json:
    """Delete all messages of a queue."""
    name = require_text(content, "name")
    with app.store.exclusive(writes=True):
        records.require(app.store, name)
        return {"deleted": app.store.messages.delete(name)}


def delete_messages(app: EmulatorApp, content: Json) -> Json:
    """Delete messages of a queue by their ids."""
    name, ids = require_text(content, "name"), content.get("ids")
    if not isinstance(ids, list) or not all(map(is_row_id, ids)):
        raise ControlError('"ids" is a list of numbers')
    with app.store.exclusive(writes=True):
        records.require(app.store, name)
        return {"deleted": app.store.messages.delete(name, ids)}


def _message(message: StoredMessage) -> Json:
    return {
        "id": message.id,
        "sentAt": as_rfc3339(message.sent_at / 1000),
        "attributes": dict(message.attributes),
        "body": json_or_text(message.body),
        "text": message.body,
        "note": message.note,
    }
