"""Asynchronous events and their timelines in the database. Times are milliseconds of the event clock."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from scfdeploy.delivery.core import End, EventState, Phase

TABLES = """
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, function TEXT NOT NULL, qualifier TEXT NOT NULL,
    source TEXT NOT NULL, body TEXT NOT NULL, settings TEXT NOT NULL, accepted_at INTEGER NOT NULL,
    phase TEXT NOT NULL, due_at INTEGER NOT NULL, state TEXT NOT NULL, end TEXT NOT NULL, ended_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS events_due ON events (phase, due_at, id);
CREATE INDEX IF NOT EXISTS events_function ON events (function, accepted_at);
CREATE INDEX IF NOT EXISTS events_accepted ON events (accepted_at);
CREATE TABLE IF NOT EXISTS unfinished_events (function TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event_steps (
    id INTEGER PRIMARY KEY, request_id TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, status INTEGER,
    message TEXT NOT NULL, detail TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS event_steps_event ON event_steps (request_id, id);
"""
NAMES = ("events", "event_steps", "unfinished_events")
_SHORTEST_ID = 4
_OF_FUNCTIONS = "(function=? OR substr(function, 1, ?)=?) AND accepted_at>=?"
# With asyncRunEnable an event counts as long as it has a status record.
_IS_RECORDED = (
    "(COALESCE(json_extract(settings, '$.is_traced'), 0)=0 "
    "OR (json_extract(settings, '$.keeps_trace')=1 AND (end='' OR ended_at>=?)))"
)
_COLUMNS = "request_id, function, qualifier, source, body, settings, accepted_at, state"


@dataclass(frozen=True, slots=True)
class EventSettings:
    """The function's settings when the event was accepted."""

    retries: int
    max_age_ms: int
    is_traced: bool = False
    keeps_trace: bool = False
    dead_letter_name: str = ""
    dead_letter_type: str = ""


class StoredEvent(NamedTuple):
    """One accepted event. `function` is the key `region/namespace/name`, `body` the event's text, unchanged."""

    request_id: str
    function: str
    qualifier: str
    source: str
    body: str
    settings: EventSettings
    state: EventState

    @property
    def name(self) -> str:
        """The function's name without namespace."""
        return self.function.rpartition("/")[2]


class TimelineStep(NamedTuple):
    """One line of an event's timeline. `kind` is `accepted`, `attempt`, `retry`, `delivered`, `lost` or `ended`."""

    request_id: str
    at: int
    kind: str
    status: int | None = None
    message: str = ""
    detail: Mapping[str, Any] | None = None
    """More of an attempt (`attempt`, `retry`, `nextAt`, `log` …) or of a delivery (`destination`, `bytes` …)."""


class EventTable:
    """Reads and writes events. Used inside `Store.exclusive`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, event: StoredEvent) -> None:
        """Store a new event."""
        state = event.state
        self._db.execute(
            "INSERT INTO events (request_id, function, qualifier, source, body, settings, accepted_at, phase, due_at, "
            "state, end, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                event.request_id,
                event.function,
                event.qualifier,
                event.source,
                event.body,
                json.dumps(asdict(event.settings)),
                state.accepted_at,
                *_of_state(state),
            ),
        )

    def save(self, request_id: str, state: EventState) -> None:
        """Replace the state of an event."""
        self._db.execute(
            "UPDATE events SET phase=?, due_at=?, state=?, end=?, ended_at=? WHERE request_id=?",
            (*_of_state(state), request_id),
        )

    def find(self, request_id: str) -> StoredEvent | None:
        """The event with this request id, or None."""
        row = self._db.execute(f"SELECT {_COLUMNS} FROM events WHERE request_id=?", (request_id,)).fetchone()  # noqa: S608
        return _event(row) if row else None

    def matching(self, start: str, limit: int) -> list[StoredEvent]:
        """Events whose request id begins with a text; at most `limit`."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM events WHERE request_id>=? AND request_id<? ORDER BY request_id LIMIT ?",  # noqa: S608
            (start, f"{start}\U0010ffff", limit),
        )
        return [_event(row) for row in rows]

    def short_id(self, request_id: str) -> str:
        """The beginning of a request id that no other event has; at least four characters."""
        before, after = (
            self._db.execute(
                f"SELECT request_id FROM events WHERE request_id{sign}? ORDER BY request_id {order} LIMIT 1",  # noqa: S608
                (request_id,),
            ).fetchone()
            for sign, order in (("<", "DESC"), (">", "ASC"))
        )
        shared = max(_shared_length(request_id, row[0]) if row else 0 for row in (before, after))
        return request_id[: max(_SHORTEST_ID, shared + 1)]

    def due(self, now: int, limit: int) -> list[StoredEvent]:
        """Waiting events whose next attempt is due by `now`, the earliest first."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM events WHERE phase=? AND due_at<=? ORDER BY due_at, id LIMIT ?",  # noqa: S608
            (Phase.WAITING.value, now, limit),
        )
        return [_event(row) for row in rows]

    def next_due(self) -> int | None:
        """When the next attempt of any event is due, or None."""
        found: int | None = self._db.execute(
            "SELECT MIN(due_at) FROM events WHERE phase=?", (Phase.WAITING.value,)
        ).fetchone()[0]
        return found

    def in_phase(self, phase: Phase) -> list[StoredEvent]:
        """Every event in a phase, the oldest first."""
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM events WHERE phase=? ORDER BY id", (phase.value,))  # noqa: S608
        return [_event(row) for row in rows]

    def of_functions(self, prefix: str, since: int = 0) -> Iterator[StoredEvent]:
        """Events accepted since a time, of the function with this key or of all whose key starts with it (`…/`)."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM events WHERE {_OF_FUNCTIONS} ORDER BY accepted_at, id",  # noqa: S608
            _of_functions(prefix, since),
        )
        for row in rows.fetchall():
            yield _event(row)

    def counts(self, prefix: str, since: int, recorded_since: int) -> list[tuple[int, str, int, int, int]]:
        """Per hour of acceptance and status: the number of events, and the sum and maximum of their times to the end.

        Functions and `since` are as in `of_functions`. The status is the end, or else the phase. Status records are
        kept of events that ended at `recorded_since` or later.
        """
        return self._db.execute(
            "SELECT accepted_at / 3600000 * 3600000 AS hour, CASE WHEN end='' THEN phase ELSE end END AS status, "  # noqa: S608
            "COUNT(*), SUM(ended_at - accepted_at), MAX(ended_at - accepted_at) "
            f"FROM events WHERE {_OF_FUNCTIONS} AND {_IS_RECORDED} GROUP BY hour, status ORDER BY hour",
            (*_of_functions(prefix, since), recorded_since),
        ).fetchall()

    def step_counts(self, prefix: str, since: int) -> list[tuple[str, str, int | None, str | None, int]]:
        """The number of attempts, retries and lost deliveries.

        Per function, kind of line, status, and cause of a lost delivery.
        """
        return self._db.execute(
            "SELECT function, kind, status, json_extract(detail, '$.cause') AS cause, COUNT(*) "  # noqa: S608
            "FROM event_steps JOIN events USING (request_id) "
            f"WHERE kind IN ('attempt', 'retry', 'lost') AND {_OF_FUNCTIONS} "
            "GROUP BY function, kind, status, cause",
            _of_functions(prefix, since),
        ).fetchall()

    def unfinished(self, function: str) -> int:
        """How many events of a function have not ended."""
        row = self._db.execute("SELECT count FROM unfinished_events WHERE function=?", (function,)).fetchone()
        return row[0] if row else 0

    def accepted_since(self, moment: int) -> int:
        """How many events were accepted after a time."""
        found: int = self._db.execute("SELECT COUNT(*) FROM events WHERE accepted_at>?", (moment,)).fetchone()[0]
        return found

    def count_unfinished(self, function: str, change: int) -> None:
        """Add to the number of events that have not ended: counting them would take longer with each."""
        self._db.execute(
            "INSERT INTO unfinished_events VALUES (?, ?) ON CONFLICT (function) DO UPDATE SET count = count + ?",
            (function, change, change),
        )

    def add_step(self, step: TimelineStep) -> None:
        """Append a line to the timeline of an event."""
        detail = json.dumps(step.detail or {}, ensure_ascii=False)
        self._db.execute(
            "INSERT INTO event_steps (request_id, at, kind, status, message, detail) VALUES (?, ?, ?, ?, ?, ?)",
            (step.request_id, step.at, step.kind, step.status, step.message, detail),
        )

    def timeline(self, request_id: str) -> list[TimelineStep]:
        """The timeline of an event."""
        rows = self._db.execute(
            "SELECT request_id, at, kind, status, message, detail FROM event_steps WHERE request_id=? ORDER BY id",
            (request_id,),
        )
        return _steps(rows)

    def last_attempt(self, request_id: str) -> TimelineStep | None:
        """The last attempt in the timeline of an event, or None."""
        rows = self._db.execute(
            "SELECT request_id, at, kind, status, message, detail FROM event_steps "
            "WHERE request_id=? AND kind IN ('attempt', 'retry') ORDER BY id DESC LIMIT 1",
            (request_id,),
        )
        return next(iter(_steps(rows)), None)

    def last_step(self) -> int:
        """The number of the newest line of all timelines; 0 when there is none."""
        newest: int = self._db.execute("SELECT COALESCE(MAX(id), 0) FROM event_steps").fetchone()[0]
        return newest

    def steps_of_changed(self, number: int, limit: int) -> list[TimelineStep]:
        """The first lines, in the order of time, of the timelines that have lines after the line `number`.

        Without the acceptance: the first lines of many events would be nothing else.
        """
        rows = self._db.execute(
            "SELECT request_id, at, kind, status, message, detail FROM event_steps WHERE kind<>'accepted' "
            "AND request_id IN (SELECT request_id FROM event_steps WHERE id>?) ORDER BY at, id LIMIT ?",
            (number, limit),
        )
        return _steps(rows)

    def changed_after(self, number: int) -> int:
        """How many events have lines after the line `number`."""
        count: int = self._db.execute(
            "SELECT COUNT(DISTINCT request_id) FROM event_steps WHERE id>?", (number,)
        ).fetchone()[0]
        return count

    def ends_after(self, number: int) -> dict[str, int]:
        """How many events ended in lines after the line `number`, by their end."""
        rows = self._db.execute(
            "SELECT message, COUNT(*) FROM event_steps WHERE id>? AND kind='ended' GROUP BY message", (number,)
        )
        return dict(rows.fetchall())

    def steps_after(self, number: int, limit: int) -> list[TimelineStep]:
        """The first lines of all timelines after the line `number`."""
        rows = self._db.execute(
            "SELECT request_id, at, kind, status, message, detail FROM event_steps WHERE id>? ORDER BY id LIMIT ?",
            (number, limit),
        )
        return _steps(rows)

    def delete_records(self, function: str) -> None:
        """Delete the events of a function that have ended and whose status was traced, with their timelines."""
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM events WHERE function=? AND end!=''", (function,))  # noqa: S608
        self.delete([event.request_id for event in map(_event, rows) if event.settings.keeps_trace])

    def delete(self, request_ids: Iterable[str]) -> None:
        """Delete events and their timelines."""
        for request_id in request_ids:
            self._db.execute("DELETE FROM events WHERE request_id=?", (request_id,))
            self._db.execute("DELETE FROM event_steps WHERE request_id=?", (request_id,))


def _shared_length(first: str, second: str) -> int:
    """How many characters two texts have in common at their start."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((position for position, (one, other) in pairs if one != other), min(len(first), len(second)))


def _of_functions(prefix: str, since: int) -> tuple[str, int, str, int]:
    return prefix, len(prefix) if prefix.endswith("/") or not prefix else -1, prefix, since


def _of_state(state: EventState) -> tuple[str, int, str, str, int]:
    end = state.end.value if state.end else ""
    phase = state.phase.value
    # A JSON list, written without `json` because this runs for every attempt.
    flags = f"{int(state.is_retry)}, {state.repeats}, {int(state.is_cancelled)}"
    numbers = f"{state.ended_at}, {state.attempts}, {state.retries}, {flags}"
    error = json.dumps(state.error) if state.error else '""'
    text = f'["{phase}", {state.due_at}, "{end}", {numbers}, {error}, "{state.reason}"]'
    return phase, state.due_at, text, end, state.ended_at


@lru_cache(maxsize=256)
def _settings(text: str) -> EventSettings:
    return EventSettings(**json.loads(text))


def _event(row: tuple[Any, ...]) -> StoredEvent:
    request_id, function, qualifier, source, body, settings, accepted_at, state = row
    # Files of earlier releases have one more value before the last two.
    phase, due_at, end, ended_at, attempts, retries, is_retry, repeats, cancelled, *_, error, reason = json.loads(state)
    return StoredEvent(
        request_id,
        function,
        qualifier,
        source,
        body,
        _settings(settings),
        EventState(
            accepted_at,
            Phase(phase),
            due_at,
            attempts,
            retries,
            bool(is_retry),
            repeats,
            bool(cancelled),
            error,
            End(end) if end else None,
            reason,
            ended_at,
        ),
    )


def _steps(rows: Iterable[tuple[Any, ...]]) -> list[TimelineStep]:
    return [TimelineStep(row[0], row[1], row[2], row[3], row[4], json.loads(row[5])) for row in rows]
