"""Combines the lines of a topic to one entry per run.

The platform writes START, the output, ERROR, Response, END and Report, all with the request id. Only Report has the
status code of the run, and with the simplified log format other lines lack the start time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scfdeploy.model import Address
from scfdeploy.model.lazy_pattern import lazy_pattern
from scfdeploy.providers.log_source import LogEntry
from scfdeploy.providers.tencent.transport.paging import number
from scfdeploy.records import dataclass, field

_PLATFORM_LINE = lazy_pattern(
    r"(START|Event|Init Report|Provisioned Report|ERROR|Response|END|Report) RequestId: ?([\w-]+)\s*(.*)", re.DOTALL
)
_DURATION = lazy_pattern(r"\bDuration: ?([\d.]+) ?ms")
_MEMORY = lazy_pattern(r"\bMemUsage: ?([\d.]+) ?MB")
_SUCCESS = 200
_RUNNING = 202
_UNKNOWN_FAILURE = 430
_NANOSECONDS = 1_000_000
_MAX_DIGITS = 20
_MAX_MS = 10**14
"""A later moment, after the year 5000, is not a time."""


@dataclass(frozen=True, slots=True)
class _Line:
    moment: int
    """Nanoseconds since the epoch."""
    fields: Mapping[str, Any]

    @property
    def text(self) -> str:
        return str(self.fields.get("SCF_Message", "")).rstrip("\n")


@dataclass(slots=True)
class _Run:
    """The lines of one run, by their kind."""

    first: _Line
    output: list[str] = field(default_factory=list)
    error: str = ""
    returned: str = ""
    report: _Line | None = None
    started_at: int | None = None
    has_ended: bool = False


def parse_entries(function: Address, rows: Iterable[Mapping[str, Any]]) -> list[LogEntry]:
    """The runs in the rows of SearchLog, the oldest first. Rows that are no lines of a function are ignored."""
    runs: list[tuple[str, int, _Run]] = []
    current: dict[tuple[str, int], _Run] = {}
    for line in sorted(filter(None, map(_parse_row, rows)), key=lambda line: line.moment):
        request_id = str(line.fields["SCF_RequestId"])
        key = (request_id, _whole(line.fields.get("SCF_RetryNum")) or 0)
        match = _PLATFORM_LINE.match(line.text)
        kind, rest = (match[1], match[3]) if match and match[2] == request_id else ("", "")
        # Attempts after status 432 and 500 have the same number.
        if key not in current or kind == "START":
            current[key] = _Run(line)
            runs.append((*key, current[key]))
        _add(current[key], line, kind, rest)
    entries = [_entry(function, request_id, retries, run) for request_id, retries, run in runs]
    return sorted(entries, key=lambda entry: entry.started_at)


def _parse_row(row: Mapping[str, Any]) -> _Line | None:
    try:
        fields = json.loads(row.get("LogJson") or "")
    except (TypeError, ValueError, RecursionError):
        return None
    if not isinstance(fields, dict) or not fields.get("SCF_RequestId"):
        return None
    moment = _whole(fields.get("SCF_LogTime")) or (_moment_ms(row.get("Time")) or 0) * _NANOSECONDS
    return _Line(moment, fields)


def _add(run: _Run, line: _Line, kind: str, rest: str) -> None:
    started_at = _moment_ms(line.fields.get("SCF_StartTime"))
    if started_at and run.started_at is None:
        run.started_at = started_at
    match kind:
        case "":
            run.output += line.text.split("\n")
        case "ERROR":
            run.error = rest.removeprefix("Result:").strip()
        case "Response":
            run.returned = rest.removeprefix("RetMsg:").strip()
        case "END":
            run.has_ended = True
        case "Report":
            run.report, run.has_ended = line, True


def _entry(function: Address, request_id: str, retries: int, run: _Run) -> LogEntry:
    status, lines, result = _status(run), list(run.output), None
    if status == _SUCCESS:
        result = _json(run.returned)
    elif status is not None:
        lines += _error_lines(run.error or run.returned, lines)
    return LogEntry(
        request_id,
        function,
        run.started_at or run.first.moment // _NANOSECONDS,
        status,
        _figure(_DURATION, run.report, "SCF_Duration"),
        _figure(_MEMORY, run.report, "SCF_MemUsage"),
        result,
        tuple(lines),
        retries,
    )


def _status(run: _Run) -> int | None:
    """The status code of the run; None if it has not ended."""
    status = _whole(run.report.fields.get("SCF_StatusCode")) if run.report else None
    if status is not None and status not in (0, _RUNNING):
        return status
    if not run.has_ended:
        return None
    details = _json(run.error)
    code = details.get("statusCode") if isinstance(details, dict) else None
    if isinstance(code, int):
        return code
    return _UNKNOWN_FAILURE if run.error else _SUCCESS


def _error_lines(text: str, output: Sequence[str]) -> list[str]:
    """The error of a run, unless its output has it."""
    details = _json(text)
    if not isinstance(details, dict):
        return text.split("\n") if text else []
    error_type, error_text = details.get("errorType"), str(details.get("errorMessage") or "")
    summary = f"{error_type}: {error_text}" if error_type else error_text
    if not summary or summary in "\n".join(output):
        return []
    trace = details.get("stackTrace") or ""
    trace_text = "\n".join(map(str, trace)) if isinstance(trace, list) else str(trace)
    return (trace_text.strip("\n") or summary).split("\n")


def _json(text: str) -> Any:
    """Text parsed as JSON, or unchanged when it is not JSON; the platform cuts long texts."""
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _figure(pattern: re.Pattern[str], report: _Line | None, name: str) -> float | None:
    """A figure of the Report line, by its text or its field."""
    if report is None:
        return None
    match = pattern.search(report.text)
    try:
        return number(float(match[1] if match else report.fields.get(name, "")))
    except (TypeError, ValueError, OverflowError):
        return None


def _moment_ms(value: object) -> int | None:
    moment = _whole(value)
    return moment if moment is not None and moment < _MAX_MS else None


def _whole(value: object) -> int | None:
    """A number that the platform writes as text."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else None
