"""The result of `logs`: each run with its figures, the returned value, and what it printed."""

from __future__ import annotations

import json
from collections.abc import Iterator

from scfdeploy.diagnostics import message
from scfdeploy.providers.log_source import LogEntry
from scfdeploy.report.humanize import china_time, short_ids
from scfdeploy.report.terminal import safe, safe_lines
from scfdeploy.report.text.style import TextStyle
from scfdeploy.report.values import to_json
from scfdeploy.results.logs import LogList

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
    ids = short_ids({entry.request_id for entry in result.entries})
    has_names = result.has_names if result.is_followed else len({entry.function for entry in result.entries}) > 1
    for entry in result.entries:
        yield _head(entry, ids[entry.request_id], style, has_name=has_names)
        yield from (f"  {line}".rstrip() for line in _content(entry))


def _head(entry: LogEntry, request_id: str, style: TextStyle, *, has_name: bool) -> str:
    parts = [china_time(entry.started_at, precision="milliseconds")]
    parts += [safe(entry.function.function_name)] if has_name else []
    parts.append(f"{safe(request_id)}…" if request_id != entry.request_id else safe(request_id))
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
