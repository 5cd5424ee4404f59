"""Puts messages into queues and passes those of topics on to their subscribers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scfdeploy.emulator.messages import Json
from scfdeploy.emulator.queues import records
from scfdeploy.emulator.store import Store


@dataclass(frozen=True, slots=True)
class Published:
    """How far a message got. `functions` are the names of subscribed functions to call with it."""

    subscribers: int
    """All that the topic has; `note` names those that did not get the message."""
    functions: tuple[str, ...]
    note: str
    """Which subscribers did not get it, and why."""
    message_id: int


def publish(
    store: Store, name: str, body: str, attributes: Mapping[str, Any], now_ms: int, *, tag: str = "", key: str = ""
) -> Published:
    """Put a message into a queue or topic that exists. Inside `Store.exclusive`."""
    return publish_to(store, records.require(store, name), body, attributes, now_ms, tag=tag, key=key)


def publish_to(
    store: Store, queue: Json, body: str, attributes: Mapping[str, Any], now_ms: int, *, tag: str = "", key: str = ""
) -> Published:
    """Like `publish`, for the document of the queue or topic."""
    name = queue["name"]
    if queue["kind"] == records.QUEUE:
        return Published(0, (), "", store.messages.add(name, now_ms, body, attributes))
    subscriptions = records.subscriptions(store, name)
    accepting = [entry for entry in subscriptions if _accepts(entry, tag, key)]
    for entry in accepting:
        if entry["kind"] == "queue" and records.find(store, entry["to"]) is not None:
            store.messages.add(entry["to"], now_ms, body, attributes)
    note = _note(subscriptions, accepting)
    message_id = store.messages.add(name, now_ms, body, attributes, note)
    functions = tuple(entry["to"] for entry in accepting if entry["kind"] == "function")
    return Published(len(subscriptions), functions, note, message_id)


def _accepts(subscription: Json, tag: str, key: str) -> bool:
    tags = {part.strip() for part in tag.split(",") if part.strip()}
    wanted = subscription["tag"]
    return (not wanted or wanted in tags) and matches(subscription["bindingKey"] or records.EVERYTHING, key)


def matches(pattern: str, key: str) -> bool:
    """Whether a routing key fits a binding key: words between dots, `*` one word, `#` any number of words."""
    words = key.split(".") if key else []
    # How many words of the key the parts of the pattern so far can cover.
    covered = {0}
    for part in pattern.split("."):
        if part == "#":
            covered = set(range(min(covered), len(words) + 1))
        else:
            covered = {count + 1 for count in covered if count < len(words) and part in ("*", words[count])}
        if not covered:
            return False
    return len(words) in covered


def _note(subscriptions: list[Json], accepting: list[Json]) -> str:
    left_out = [entry for entry in subscriptions if entry not in accepting]
    if not left_out:
        return ""
    reasons = "; ".join(
        f"{entry['to']} filters by tag `{entry['tag']}`"
        if entry["tag"]
        else f"{entry['to']} has the binding key `{entry['bindingKey']}`"
        for entry in left_out
    )
    return (
        f"Delivered to {len(accepting)} of {len(subscriptions)} subscribers: {reasons}. "
        f"Leave the tag filter empty and use the binding key `#`."
    )
