"""`events pull`: append status records to a file, to keep them longer than the cloud does."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.facts import delivery_value
from scfdeploy.operations.emulator import find_emulator
from scfdeploy.operations.events import Records, event_info, function_key, post_about_function, read_records
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.records import dataclass, field
from scfdeploy.report.event_documents import event_document
from scfdeploy.results import Findings
from scfdeploy.results.events import EventInfo, EventsPulled

_LONGEST_EVENT_S = 2 * 86_400.0
"""More than an event can take: a run of 24 hours that starts at most six hours after acceptance."""
_ALL = 1_000_000
_CALLS_PER_S = 20
_RECORD_START = b'{"requestId": "'
"""How `append` begins each line, so that only a part of such a line is ever replaced."""


def pull(request: Request, cloud: CloudOptions, name: str, file: str, *, since_s: float | None = None) -> EventsPulled:
    """Append the records that the file does not have yet, the oldest first.

    `since_s` limits them to events that ended in the last seconds, or have not ended. Raises ScfDeployError if the
    records cannot be read, and if the file cannot be written or has other content.
    """
    try:
        archive = _read_archive(file)
        events, untraced, now_ms = _read_events(request, cloud, name, since_s)
        if since_s is not None:
            events = [event for event in events if event.ended_at is None or event.ended_at >= now_ms - since_s * 1000]
        new = [event for event in events if (event.request_id, event.status) not in archive.keys]
        archive.append(new)
    except OSError as error:
        raise ScfDeployError(message("{file} cannot be used: {error}", file=file, error=error.strerror)) from error
    oldest_kept = now_ms - delivery_value("scf", "trace.kept_ms")
    is_expired = archive.newest is not None and archive.newest < oldest_kept
    expired = (archive.newest or 0, oldest_kept) if is_expired else None
    return EventsPulled(Findings(), file, len(new), expired, untraced)


def _read_events(request: Request, cloud: CloudOptions, name: str, since_s: float | None) -> Records:
    accepted_since = None if since_s is None else since_s + _LONGEST_EVENT_S
    emulator = find_emulator(request, cloud, name or None)
    if emulator is None:
        return read_records(request, cloud, name, since_s=accepted_since, calls_per_s=_CALLS_PER_S)
    function = function_key(emulator, name) if name else ""
    content = {"function": function, "since_s": accepted_since, "limit": _ALL}
    answer = post_about_function(emulator, "events", name, content)
    now_ms = round(emulator.control.get("clock")["now"] * 1000)
    return Records([event_info(fields) for fields in answer["events"]], [], now_ms)


@dataclass(slots=True)
class _Archive:
    """A file with one record per line."""

    file: str
    keys: set[tuple[str, str]] = field(default_factory=set)
    """Request id and status of each record."""
    newest: int | None = None
    """The time of the newest record in milliseconds: its end, or else its acceptance."""
    size: int = 0
    """The bytes of whole records; an interrupted run can leave a part of a line behind them."""
    partial_size: int = 0
    """The bytes of that part."""
    lacks_newline: bool = False

    def add(self, line: bytes, number: int) -> None:
        """Read one line."""
        try:
            record = json.loads(line)
            key = (record["requestId"], record["status"])
            moment = datetime.fromisoformat(record.get("endedAt") or record["acceptedAt"])
            self.keys.add(key)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise ScfDeployError(
                message("line {number} of {file} is not an event record", number=number, file=self.file),
                hint=message("Give --to another file. Nothing was written."),
            ) from None
        self.newest = max(self.newest or 0, round(moment.timestamp() * 1000))

    def append(self, events: Iterable[EventInfo]) -> None:
        """Append a line per event."""
        with open(self.file, "ab") as stream:  # noqa: PTH123 - a path as the user wrote it
            if stream.tell() != self.size + self.partial_size:
                raise ScfDeployError(
                    message("{file} was changed by another program; nothing was written", file=self.file),
                    hint=message("Run the command again."),
                )
            stream.truncate(self.size)
            stream.write(b"\n" if self.lacks_newline else b"")
            stream.writelines(json.dumps(event_document(event)).encode() + b"\n" for event in events)
            stream.flush()
            os.fsync(stream.fileno())


def _read_archive(file: str) -> _Archive:
    archive = _Archive(file)
    try:
        stream: BinaryIO = open(file, "rb")  # noqa: PTH123, SIM115
    except FileNotFoundError:
        return archive
    with stream:
        for number, line in enumerate(stream, start=1):
            if line.endswith(b"\n"):
                if line.strip():
                    archive.add(line, number)
                archive.size += len(line)
                continue
            try:
                archive.add(line, number)
            except ScfDeployError:
                if not (line.startswith(_RECORD_START) or _RECORD_START.startswith(line)):
                    raise
                archive.partial_size = len(line)
            else:
                archive.size += len(line)
                archive.lacks_newline = True
    return archive
