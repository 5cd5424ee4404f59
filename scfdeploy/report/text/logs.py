"""The result of `logs`: each run with its figures, the returned value, and what it printed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.providers.base import LogEntry
from scfdeploy.report.humanize import china_time
from scfdeploy.report.terminal import safe, safe_lines
from scfdeploy.report.text.style import TextStyle
from scfdeploy.report.values import to_json
from scfdeploy.results.logs import LogList

_SHORTEST_ID = 4
_SUCCESS = 200


def render_log_list(result: LogList, style: TextStyle) -> str:
    """The searches, the runs, and notes."""
    return "".join(f"{line}\n" for line in _lines(result, style))


def _lines(result: LogList, style: TextStyle) -> Iterator[str]:
    for search in result.searches:
        topic, query = safe(search.topic_id), safe(search.text)
        yield style.paint(message("Source: CLS topic {topic}, query: {query}", topic=topic, query=query), "dim")
    for note in result.notes:
        yield style.paint(safe(note), "dim")
    if not result.entries and not result.is_followed:
        yield message("No log entries.")
    ids = _short_ids({entry.request_id for entry in result.entries})
    has_names = result.has_names if result.is_followed else len({entry.function for entry in result.entries}) > 1
    for entry in result.entries:
        yield _head(entry, ids[entry.request_id], style, has_name=has_names)
        yield from (f"  {line}".rstrip() for line in _content(entry))


def _head(entry: LogEntry, request_id: str, style: TextStyle, *, has_name: bool) -> str:
    parts = [china_time(entry.started_at, precision="milliseconds")]
    parts += [safe(entry.function.function_name)] if has_name else []
    parts.append(safe(request_id))
    if entry.status_code is None:
        parts.append(message("running"))
    else:
        status = message("status {code}", code=entry.status_code)
        parts.append(status if entry.status_code == _SUCCESS else style.paint(status, "red"))
    parts += [f"{entry.duration_ms:.0f} ms"] if entry.duration_ms is not None else []
    parts += [f"{entry.memory_mb:.0f} MB"] if entry.memory_mb is not None else []
    return "  ".join(parts)


def _content(entry: LogEntry) -> Iterator[str]:
    if entry.status_code is not None:
        value = safe(json.dumps(to_json(entry.result), ensure_ascii=False))
        yield message("Result: {value}", value=value)
    for line in entry.lines:
        yield from safe_lines(line)


def _short_ids(request_ids: set[str]) -> Mapping[str, str]:
    """The shortest beginning of each id that none of the others has, and an ellipsis."""
    beginnings: Counter[str] = Counter(
        request_id[:length] for request_id in request_ids for length in _lengths(request_id)
    )
    return {request_id: _shorten(request_id, beginnings) for request_id in request_ids}


def _shorten(request_id: str, beginnings: Mapping[str, int]) -> str:
    unique = (request_id[:length] for length in _lengths(request_id) if beginnings[request_id[:length]] == 1)
    beginning = next(unique, request_id)
    return f"{beginning}…" if beginning != request_id else request_id


def _lengths(request_id: str) -> Sequence[int]:
    return range(_SHORTEST_ID, len(request_id) + 1)
