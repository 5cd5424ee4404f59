"""The control path of logs: the entries of one function, or of all functions of a region."""

from __future__ import annotations

import json

from scfdeploy.emulator.app import EmulatorApp
from scfdeploy.emulator.clock import as_rfc3339
from scfdeploy.emulator.control.content import is_row_id, json_or_text
from scfdeploy.emulator.messages import ControlError, Json, parse_seconds
from scfdeploy.emulator.runtime import SUCCESS
from scfdeploy.emulator.scf.records import namespaces
from scfdeploy.emulator.scf.records.functions import FUNCTION, LATEST, VERSION
from scfdeploy.emulator.store import LogEntry

_MAX_OUTPUT = 32 << 20


def read_logs(app: EmulatorApp, content: Json) -> Json:
    """The entries that are kept, the oldest first.

    `functions` selects functions as `namespace/name`, otherwise those of the whole region; `requestId` is an id or
    its beginning; `sinceS` limits the age of a run; with `failed` true only failed runs; `after` skips the entries of
    earlier answers, whose `last` it repeats. `missing` are selected functions that do not exist, `topics` the CLS
    topics of the others. `isCut` is true if the output of all entries is too large for an answer.
    """
    region = str(content.get("region") or app.settings.region)
    now = round(app.event_clock.now() * 1000)
    since = 0 if content.get("sinceS") is None else now - _milliseconds(content["sinceS"])
    after = content.get("after", 0)
    if not is_row_id(after):
        raise ControlError('"after" is the number "last" of an earlier answer')
    with app.store.exclusive(writes=False):
        existing = [key for key, _ in app.store.list_prefix(FUNCTION, f"{region}/")]
        selected = [f"{region}/{name}" for name in _names(content)] or existing
        entries = app.store.logs.newest(selected, now, after=after)
        versions = {key: app.store.get(VERSION, f"{key}/{LATEST}") for key in selected if key in existing}
    last = max((entry.id for entry in entries), default=after)
    request_id, failed_only = str(content.get("requestId") or ""), content.get("failed") is True
    found = [
        entry
        for entry in entries
        if entry.started_at >= since
        and entry.request_id.startswith(request_id)
        and not (failed_only and entry.status == SUCCESS)
    ]
    missing = [_name(key) for key in selected if key not in existing]
    kept = _newest_within(found, _MAX_OUTPUT)
    topics = {_name(key): version["ClsTopicId"] for key, version in versions.items() if version}
    return {
        "entries": [entry_fields(entry) for entry in kept],
        "isCut": len(kept) < len(found),
        "last": last,
        "missing": missing,
        "topics": topics,
    }


def _newest_within(entries: list[LogEntry], size: int) -> list[LogEntry]:
    """The newest entries whose output together has at most `size` characters, and at least one."""
    kept: list[LogEntry] = []
    for entry in reversed(entries):
        size -= len(entry.output) + len(entry.returned)
        if kept and size < 0:
            break
        kept.append(entry)
    return kept[::-1]


def output_lines(entry: LogEntry) -> list[str]:
    """What a run printed, and at the end its error unless the output has it."""
    lines = entry.output.rstrip("\n").split("\n") if entry.output.strip("\n") else []
    error: Json = json.loads(entry.error) if entry.error else {}
    trace = str(error.get("stackTrace") or "").rstrip("\n")
    text = ": ".join(str(part) for part in (error.get("errorType"), error.get("errorMessage")) if part)
    if text and text not in entry.output:
        lines += (trace or text).split("\n")
    return lines


def entry_fields(entry: LogEntry) -> Json:
    """A run in the form of the control path."""
    return {
        "requestId": entry.request_id,
        "function": _name(entry.function),
        "startedAt": as_rfc3339(entry.started_at / 1000, precision="milliseconds"),
        "statusCode": entry.status,
        "durationMs": entry.duration_ms,
        "memoryMb": entry.memory_mb,
        "retryNum": entry.retries,
        "result": json_or_text(entry.returned) if entry.returned else None,
        "lines": output_lines(entry),
    }


def _name(key: str) -> str:
    return key.partition("/")[2]


def _names(content: Json) -> list[str]:
    names = content.get("functions") or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ControlError('"functions" is a list of "namespace/name"')
    return [name if "/" in name else f"{namespaces.DEFAULT}/{name}" for name in names]


def _milliseconds(value: object) -> int:
    seconds = parse_seconds(value)
    if seconds is None:
        raise ControlError('"sinceS" is a number of seconds')
    return round(seconds * 1000)
