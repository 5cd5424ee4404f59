"""The queues and topics that exist, the subscribers of topics, and deliveries that failed.

CMQ is a product of its own; here a name is enough. All functions are called inside `Store.exclusive`.
"""

from __future__ import annotations

from collections import Counter

from scfdeploy.emulator.messages import ControlError, Json
from scfdeploy.emulator.store import Store

QUEUE, TOPIC = "CMQ-QUEUE", "CMQ-TOPIC"
_KIND = "queue"
_SUBSCRIPTION = "subscription"
_FAILURES = "failed_deliveries"
_KINDS = {"queue": QUEUE, "topic": TOPIC}
EVERYTHING = "#"


def kind_of(dead_letter_type: str) -> str:
    """The kind of destination that a `DeadLetterConfig.Type` means: two spellings are in use."""
    return _KINDS.get(dead_letter_type, dead_letter_type)


def find(store: Store, name: str) -> Json | None:
    """A queue or topic, or None."""
    return store.get(_KIND, name)


def require(store: Store, name: str) -> Json:
    """A queue or topic. Raises ControlError when there is none."""
    found = find(store, name)
    if found is None:
        raise ControlError(f"There is no queue or topic {name}.")
    return found


def every(store: Store) -> list[Json]:
    """All queues and topics by name."""
    return [document for _, document in store.list_prefix(_KIND, "")]


def create(store: Store, name: str, kind: str, now: float, *, stands_in: bool = False) -> Json:
    """Create a queue or topic. `stands_in` means in place of one of the cloud that `deadLetter` names."""
    if find(store, name) is not None:
        raise ControlError(f"{name} already exists.")
    document = {"name": name, "kind": kind, "created": now, "standsIn": stands_in}
    store.put(_KIND, name, document)
    return document


def stand_in(store: Store, dead_letter: Json, now: float) -> None:
    """Create the queue that `DeadLetterConfig` names, in place of the one in the cloud, unless it exists."""
    name = dead_letter["Name"]
    if name and find(store, name) is None:
        create(store, name, kind_of(dead_letter["Type"]), now, stands_in=True)


def subscriptions(store: Store, topic: str) -> list[Json]:
    """The subscribers of a topic: `to`, `kind` (`queue` or `function`), `tag` and `bindingKey`."""
    return [document for _, document in store.list_prefix(_SUBSCRIPTION, f"{topic}/")]


def subscribe(store: Store, topic: str, subscription: Json) -> None:
    """Add a subscriber, or replace its filter."""
    store.put(_SUBSCRIPTION, f"{topic}/{subscription['kind']}/{subscription['to']}", subscription)


def count_failure(store: Store, function: str, queue: str, cause: str) -> None:
    """Count a delivery that failed, by cause: `permission`, `resource` or `size`."""
    key = f"{function}/{queue}"
    counts = store.get(_FAILURES, key) or {}
    store.put(_FAILURES, key, counts | {cause: counts.get(cause, 0) + 1})


def failures_by_queue(store: Store) -> Counter[str]:
    """How many deliveries to each queue or topic failed."""
    failures: Counter[str] = Counter()
    for key, counts in store.list_prefix(_FAILURES, ""):
        failures[key.split("/", 3)[3]] += sum(counts.values())
    return failures
