"""The SQLite database: documents by kind and key, code by hash, and transitions that are due later."""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scfdeploy.emulator.messages import DataFileError, Json
from scfdeploy.emulator.private_files import require_own_file
from scfdeploy.emulator.store import event_table, log_table, message_table

_TABLES = """
CREATE TABLE IF NOT EXISTS documents (
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blobs (sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS transitions (id INTEGER PRIMARY KEY, due REAL NOT NULL, what TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS transitions_due ON transitions (due);
"""
# The files that SQLite creates beside its database.
_SUFFIXES = ("", "-wal", "-shm", "-journal")
# Raised when older files can no longer be read; such a file is emptied, since it holds only local test data.
_FORMAT = 1
_KINDS_WITH_BLOBS = ("version", "object", "part", "layer")
# Results of SQLite that are about what a file contains. The others are about the disk, rights and other programs.
_CONTENT_RESULTS = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR)
_MAIN_RESULT = 0xFF


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of state that is due later."""

    key: str
    """A version (`region/namespace/function/version`); a function and all that it owns, if `status` is `Gone`."""
    status: str
    """The new Status, or `Gone` to delete what `key` names."""
    reason: str = ""
    """The message of a failed state."""


class Store:
    """Documents are JSON objects under a kind and a `/`-separated key. Every access is inside `exclusive()`.

    One connection serves all threads, one at a time: calls take well under a millisecond, functions run outside.
    Raises DataFileError for a file that is not a database of this server, and OSError for one that cannot be used.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.RLock()
        self._trim_calls: Counter[tuple[str, str]] = Counter()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            for suffix in _SUFFIXES:
                require_own_file(path.with_name(path.name + suffix))
            # It holds environment variables of functions. SQLite gives the files beside it the same mode.
            path.touch(mode=0o600)
        try:
            self._db = sqlite3.connect(
                str(path) if path else ":memory:", isolation_level=None, check_same_thread=False, timeout=10
            )
        except sqlite3.Error as error:
            raise OSError(f"{path} cannot be opened: {error}") from error
        self.events = event_table.EventTable(self._db)
        self.messages = message_table.MessageTable(self._db)
        self.logs = log_table.LogTable(self._db)
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._db.close()
            if error.sqlite_errorcode & _MAIN_RESULT in _CONTENT_RESULTS:
                raise DataFileError(f"{path} is not a database of this server: {error}") from error
            raise OSError(f"{path} cannot be used: {error}") from error

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode=WAL")
        # Test data may lose its last write in a power cut; WAL prevents a corrupt file.
        self._db.execute("PRAGMA synchronous=NORMAL")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _FORMAT):
            self._db.executescript("DROP TABLE documents; DROP TABLE blobs; DROP TABLE transitions;")
        # Also for files of an earlier release, which lack the newer tables.
        self._db.executescript(_TABLES + event_table.TABLES + message_table.TABLES + log_table.TABLES)
        self._db.execute(f"PRAGMA user_version={_FORMAT}")

    def copy(self) -> Store:
        """An in-memory copy of the present state."""
        duplicate = Store(None)
        with self._lock:
            self._db.backup(duplicate._db)
        weakref.finalize(duplicate, duplicate._db.close)
        return duplicate

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    @contextmanager
    def exclusive(self, *, writes: bool) -> Iterator[None]:
        """Lock the store for one call, in a transaction that an exception rolls back."""
        with self._lock:
            # Immediate: two processes on one file wait for each other at the start, instead of failing half-way.
            self._db.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def get(self, kind: str, key: str) -> Json | None:
        """A copy of the document, or None. Changes to it are saved by `put`."""
        row = self._db.execute("SELECT body FROM documents WHERE kind=? AND key=?", (kind, key)).fetchone()
        return _parse(row[0]) if row else None

    def get_many(self, kind: str, keys: Sequence[str]) -> dict[str, Json]:
        """`get` of several keys in one query. Documents that do not exist are left out."""
        # In one parameter: SQLite limits the number of parameters.
        rows = self._db.execute(
            "SELECT key, body FROM documents WHERE kind=? AND key IN (SELECT value FROM json_each(?))",
            (kind, json.dumps(keys)),
        )
        return {key: _parse(body) for key, body in rows}

    def get_field(self, kind: str, keys: Sequence[str], name: str) -> dict[str, Any]:
        """One field of several documents. Documents that do not exist are left out."""
        rows = self._db.execute(
            "SELECT key, json_extract(body, ?) FROM documents WHERE kind=? AND key IN (SELECT value FROM json_each(?))",
            (f"$.{name}", kind, json.dumps(keys)),
        )
        return dict(rows.fetchall())

    def has(self, kind: str, key: str) -> bool:
        """Whether there is such a document."""
        row = self._db.execute("SELECT 1 FROM documents WHERE kind=? AND key=?", (kind, key)).fetchone()
        return row is not None

    def put(self, kind: str, key: str, document: Json) -> None:
        """Create or replace a document."""
        self._db.execute("REPLACE INTO documents VALUES (?, ?, ?)", (kind, key, json.dumps(document)))

    def delete(self, kind: str, key: str) -> None:
        """Delete a document, if it exists."""
        self._db.execute("DELETE FROM documents WHERE kind=? AND key=?", (kind, key))

    def delete_prefix(self, kind: str, prefix: str) -> None:
        """Delete every document whose key starts with `prefix`, which ends in `/`."""
        self._db.execute("DELETE FROM documents WHERE kind=? AND key>? AND key<?", (kind, prefix, _end(prefix)))

    def list_prefix(self, kind: str, prefix: str) -> list[tuple[str, Json]]:
        """Every document whose key starts with `prefix` (ending in `/`, or empty for all), by key."""
        if not prefix:
            rows = self._db.execute("SELECT key, body FROM documents WHERE kind=? ORDER BY key", (kind,))
        else:
            rows = self._db.execute(
                "SELECT key, body FROM documents WHERE kind=? AND key>? AND key<? ORDER BY key",
                (kind, prefix, _end(prefix)),
            )
        return [(key, _parse(body)) for key, body in rows]

    def list_equal(self, kind: str, field: str, value: int) -> list[tuple[str, Json]]:
        """Every document of a kind whose field has this value, by key."""
        rows = self._db.execute(
            "SELECT key, body FROM documents WHERE kind=? AND json_extract(body, ?)=? ORDER BY key",
            (kind, f"$.{field}", value),
        )
        return [(key, _parse(body)) for key, body in rows]

    def trim(self, kind: str, prefix: str, *, kept: int) -> None:
        """Called after each new document whose key starts with `prefix`: keep the newest by the field `started`.

        Each `kept` calls delete all others, so that there are up to twice as many.
        """
        calls = self._trim_calls[kind, prefix]
        self._trim_calls[kind, prefix] += 1
        if calls % kept == 0:
            self._db.execute(
                "DELETE FROM documents WHERE kind=? AND key IN (SELECT key FROM documents WHERE kind=? AND key>? "
                "AND key<? ORDER BY json_extract(body, '$.started') DESC LIMIT -1 OFFSET ?)",
                (kind, kind, prefix, _end(prefix), kept),
            )

    def list_all(self) -> list[tuple[str, str, Json]]:
        """Every document with its kind and key."""
        rows = self._db.execute("SELECT kind, key, body FROM documents ORDER BY kind, key")
        return [(kind, key, _parse(body)) for kind, key, body in rows]

    def put_blob(self, sha256: str, content: bytes) -> None:
        """Store bytes by their hash."""
        self._db.execute("INSERT OR IGNORE INTO blobs VALUES (?, ?)", (sha256, content))

    def get_blob(self, sha256: str) -> bytes | None:
        """The bytes of a hash, or None."""
        row = self._db.execute("SELECT bytes FROM blobs WHERE sha256=?", (sha256,)).fetchone()
        return bytes(row[0]) if row else None

    def has_blob(self, sha256: str) -> bool:
        """Whether there are bytes of a hash. Needs no `exclusive`: it is one statement."""
        with self._lock:
            return self._db.execute("SELECT 1 FROM blobs WHERE sha256=?", (sha256,)).fetchone() is not None

    def drop_unused_blobs(self) -> None:
        """Delete bytes whose hash is in the field `blob` of no document."""
        kinds = ", ".join("?" * len(_KINDS_WITH_BLOBS))
        used = f"SELECT COALESCE(json_extract(body, '$.blob'), '') FROM documents WHERE kind IN ({kinds})"  # noqa: S608
        self._db.execute(f"DELETE FROM blobs WHERE sha256 NOT IN ({used})", _KINDS_WITH_BLOBS)  # noqa: S608 - constants

    def schedule(self, due: float, transition: Transition) -> None:
        """Schedule a transition at the time `due`."""
        self._db.execute("INSERT INTO transitions (due, what) VALUES (?, ?)", (due, json.dumps(asdict(transition))))

    def next_due(self) -> float | None:
        """When the earliest transition is due, or None. Needs no `exclusive`: it is one statement."""
        with self._lock:
            earliest: float | None = self._db.execute("SELECT MIN(due) FROM transitions").fetchone()[0]
        return earliest

    def pop_due(self, now: float) -> list[Transition]:
        """Remove and return the transitions that are due by `now`, oldest first."""
        rows = self._db.execute("SELECT what FROM transitions WHERE due<=? ORDER BY due, id", (now,)).fetchall()
        self._db.execute("DELETE FROM transitions WHERE due<=?", (now,))
        return [Transition(**json.loads(text)) for (text,) in rows]

    def clear(self) -> None:
        """Delete everything."""
        for table in ("documents", "blobs", "transitions", *event_table.NAMES, *message_table.NAMES, *log_table.NAMES):
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - constants


# `json.loads` also looks for what `put` does not write, such as white space. A list of functions has many documents.
_DECODER = json.JSONDecoder()


def _parse(text: str) -> Json:
    document: Json = _DECODER.raw_decode(text)[0]
    return document


def _end(prefix: str) -> str:
    # The first key that no longer starts with the prefix: "0" follows "/".
    return prefix[:-1] + "0"
