"""Log entries of functions in the database: one per run. Times are milliseconds of the event clock."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from scfdeploy.facts import delivery_value

TABLES = """
CREATE TABLE IF NOT EXISTS log_entries (
    id INTEGER PRIMARY KEY, function TEXT NOT NULL, request_id TEXT NOT NULL, started_at INTEGER NOT NULL,
    status INTEGER NOT NULL, duration_ms REAL NOT NULL, memory_mb REAL NOT NULL, retries INTEGER NOT NULL,
    version TEXT NOT NULL, returned TEXT NOT NULL, error TEXT NOT NULL, output TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS log_entries_function ON log_entries (function, id);
CREATE INDEX IF NOT EXISTS log_entries_request ON log_entries (request_id);
"""
NAMES = ("log_entries",)
_COLUMNS = "function, request_id, started_at, status, duration_ms, memory_mb, retries, version, returned, error, output"
_MAX_PER_FUNCTION = 200
_TRIM_INTERVAL = 100


class LogEntry(NamedTuple):
    """One run of a function, or one attempt of an asynchronous event."""

    function: str
    """The key `region/namespace/name`."""
    request_id: str
    started_at: int
    status: int
    duration_ms: float
    memory_mb: float
    retries: int
    """The number of the retry; 0 for a first attempt and for synchronous calls."""
    version: str
    """The version that ran; empty if none did."""
    returned: str
    """The returned value as JSON text; empty after a failure."""
    error: str
    """The error in the form of ErrMsg; empty after success."""
    output: str
    id: int = 0


class LogTable:
    """Reads and writes log entries. Used inside `Store.exclusive`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._added: Counter[str] = Counter()

    def add(self, entry: LogEntry) -> None:
        """Append an entry, and from time to time delete those that are no longer kept."""
        values = (
            entry.function,
            entry.request_id,
            entry.started_at,
            entry.status,
            entry.duration_ms,
            entry.memory_mb,
            entry.retries,
            entry.version,
            *map(_storable, (entry.returned, entry.error, entry.output)),
        )
        self._db.execute(f"INSERT INTO log_entries ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608
        if self._added[entry.function] % _TRIM_INTERVAL == 0:
            self._trim(entry.function, entry.started_at)
        self._added[entry.function] += 1

    def newest(self, functions: Iterable[str], now: int, *, after: int = 0) -> list[LogEntry]:
        """The entries of functions that are kept at a time: the newest of each, for some days; the oldest first.

        Only those whose ids are greater than `after`.
        """
        entries = []
        for function in functions:
            rows = self._db.execute(
                f"SELECT {_COLUMNS}, id FROM log_entries WHERE function=? AND id>? ORDER BY id DESC LIMIT ?",  # noqa: S608
                (function, after, _MAX_PER_FUNCTION),
            )
            entries += [LogEntry(*row) for row in rows if row[2] >= now - _kept_ms()]
        return sorted(entries, key=lambda entry: (entry.started_at, entry.id))

    def of_request(self, function: str, request_id: str) -> LogEntry | None:
        """The latest entry of a request, or None."""
        row: tuple[Any, ...] | None = self._db.execute(
            f"SELECT {_COLUMNS}, id FROM log_entries WHERE request_id=? AND function=? ORDER BY id DESC LIMIT 1",  # noqa: S608
            (request_id, function),
        ).fetchone()
        return LogEntry(*row) if row else None

    def delete(self, function: str) -> None:
        """Delete all entries of a function."""
        self._db.execute("DELETE FROM log_entries WHERE function=?", (function,))

    def _trim(self, function: str, now: int) -> None:
        newest = "SELECT id FROM log_entries WHERE function=? ORDER BY id DESC LIMIT 1 OFFSET ?"
        self._db.execute(
            f"DELETE FROM log_entries WHERE function=? AND (started_at<? OR id<=({newest}))",  # noqa: S608
            (function, now - _kept_ms(), function, _MAX_PER_FUNCTION),
        )


def _kept_ms() -> int:
    return delivery_value("scf", "logs.kept_ms")


def _storable(text: str) -> str:
    """Text without lone surrogates, which SQLite cannot store."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
