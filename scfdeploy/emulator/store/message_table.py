"""Messages of local queues and topics in the database. Times are milliseconds of the event clock."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, sent_at INTEGER NOT NULL, body TEXT NOT NULL,
    attributes TEXT NOT NULL, note TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS messages_queue ON messages (queue, id);
"""
NAMES = ("messages",)


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One message. `note` says which subscribers of a topic did not get it."""

    id: int
    sent_at: int
    body: str
    attributes: Mapping[str, Any]
    note: str = ""


class MessageTable:
    """Reads and writes messages. Used inside `Store.exclusive`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, queue: str, sent_at: int, body: str, attributes: Mapping[str, Any], note: str = "") -> int:
        """Append a message and return its id."""
        added = self._db.execute(
            "INSERT INTO messages (queue, sent_at, body, attributes, note) VALUES (?, ?, ?, ?, ?)",
            (queue, sent_at, body, json.dumps(attributes), note),
        )
        return added.lastrowid or 0

    def oldest(self, queue: str, limit: int, *, after: int = 0) -> list[StoredMessage]:
        """The first messages of a queue whose ids are greater than `after`."""
        rows = self._db.execute(
            "SELECT id, sent_at, body, attributes, note FROM messages WHERE queue=? AND id>? ORDER BY id LIMIT ?",
            (queue, after, limit),
        )
        return [StoredMessage(row[0], row[1], row[2], json.loads(row[3]), row[4]) for row in rows]

    def count(self, queue: str) -> tuple[int, int | None]:
        """How many messages a queue has, and when the oldest was sent."""
        count, oldest = self._db.execute(
            "SELECT COUNT(*), MIN(sent_at) FROM messages WHERE queue=?", (queue,)
        ).fetchone()
        return count, oldest

    def delete(self, queue: str, ids: Iterable[int] | None = None) -> int:
        """Delete these messages, or all, and return how many there were."""
        if ids is None:
            return self._db.execute("DELETE FROM messages WHERE queue=?", (queue,)).rowcount
        delete = "DELETE FROM messages WHERE queue=? AND id=?"
        return sum(self._db.execute(delete, (queue, number)).rowcount for number in ids)
