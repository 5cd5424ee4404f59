"""`logs`: what functions printed, from the local server or from the CLS topics of the functions."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn, Protocol

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.facts import delivery_value
from scfdeploy.model import Address
from scfdeploy.operations.emulator import Emulator, find_emulator
from scfdeploy.operations.events import open_source
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.operations.resolve_function import function_address, missing_function
from scfdeploy.providers.base import CloudError, ErrorKind
from scfdeploy.providers.clock import SystemClock
from scfdeploy.providers.event_source import EventSource, RequestStatus
from scfdeploy.providers.log_source import LogEntry, LogQuery, LogSource
from scfdeploy.records import dataclass
from scfdeploy.results import Findings
from scfdeploy.results.logs import LogList

_POLL_S = 2.0
"""The pause between two reads of --follow: far fewer calls than the platform allows per second."""
_CLOUD_DEFAULT_S = 900.0
_DELAY_MS = 60_000
"""Lines may appear in a topic this much later than they were printed."""
_LONGEST_RUN_MS = 86_400_000
"""A run with asynchronous execution takes at most 24 hours."""
_FULL_ID = 36
_SUCCESS, _FAILED = 200, 430


@dataclass(frozen=True, slots=True)
class Selection:
    """Which runs to show."""

    name: str = ""
    """A function as `resolve_function` reads it; empty for all functions of the project."""
    request_id: str = ""
    """A request id or its beginning; empty for all."""
    since_s: float | None = None
    """The greatest age of a run; None for all that the local server keeps, or for the last 15 minutes in a cloud."""
    failed_only: bool = False

    def includes(self, entry: LogEntry) -> bool:
        """Whether to show a run; one that has not ended has not failed."""
        is_failed = entry.status_code not in (None, _SUCCESS)
        return entry.request_id.startswith(self.request_id) and (is_failed or not self.failed_only)


class _Reader(Protocol):
    def read(self) -> LogList:
        """The runs; from the second call on, those that ended since."""


def read_logs(request: Request, cloud: CloudOptions, selection: Selection) -> LogList:
    """The runs of a function, the oldest first. Raises ScfDeployError if it, or its log, does not exist."""
    return _open(request, cloud, selection, follow=False).read()


def follow_logs(
    request: Request, cloud: CloudOptions, selection: Selection, on_result: Callable[[LogList], None]
) -> NoReturn:
    """Pass the runs to `on_result`, then those that end, until the process is interrupted."""
    reader = _open(request, cloud, selection, follow=True)
    clock = cloud.clock or SystemClock()
    while True:
        on_result(reader.read()._replace(is_followed=True))
        clock.sleep(_POLL_S)


def _open(request: Request, cloud: CloudOptions, selection: Selection, *, follow: bool) -> _Reader:
    emulator = find_emulator(request, cloud, selection.name)
    if emulator is not None:
        return _open_emulator(emulator, selection, follow=follow)
    _, provider, functions = open_source(request, cloud, selection.name)
    if not functions:
        raise ScfDeployError(
            message("no function was named, and there is no project with functions here"),
            hint=message("Give NAME or NAMESPACE/NAME."),
        )
    topics = _topics(provider.logs, functions, is_named=bool(selection.name))
    without = [function for function, topic in topics.items() if not topic]
    searched = {function: topic for function, topic in topics.items() if topic}
    if not searched and len(selection.request_id) >= _FULL_ID and not follow:
        return _StatusReader(provider.events, without, selection)
    if not searched:
        raise _no_topic(without[0])
    notes = [_no_topic(function).message for function in without]
    if selection.since_s is None and not selection.request_id:
        notes.append(message("Runs of the last 15 minutes; --since selects another time."))
    since_s = selection.since_s
    if since_s is None:
        since_s = _kept_s() if selection.request_id else _CLOUD_DEFAULT_S
    return _TopicReader(
        provider.logs,
        searched,
        selection,
        now=lambda: round(provider.now() * 1000),
        since_s=since_s,
        notes=notes,
        follow=follow,
    )


def _open_emulator(emulator: Emulator, selection: Selection, *, follow: bool) -> _Reader:
    project = emulator.project
    functions: list[Address] = []
    if selection.name or (project is not None and len(project.functions) == 1 and not selection.request_id):
        functions = [function_address(selection.name, project)]
    elif project is not None and not selection.request_id:
        functions = [spec.address for spec in project.functions]
    answer = emulator.control.post("logs", _content(emulator, functions, selection))
    missing = [function for function in functions if _key(function) in answer["missing"]]
    if missing and (selection.name or len(missing) == len(functions)):
        raise missing_function(missing[0], emulator.region, project)
    functions = [function for function in functions if function not in missing]
    topics = {function: answer["topics"].get(_key(function), "") for function in functions}
    if not functions or not all(topics.values()):
        return _ControlReader(emulator, functions, selection)
    since_s = _kept_s() if selection.since_s is None else selection.since_s
    return _TopicReader(
        emulator.provider.logs,
        topics,
        selection,
        now=lambda: round(emulator.control.get("clock")["now"] * 1000),
        since_s=since_s,
        follow=follow,
    )


def _topics(source: LogSource, functions: Sequence[Address], *, is_named: bool) -> dict[Address, str]:
    """The topics of the functions that exist."""
    topics = {}
    for function in functions:
        try:
            topics[function] = source.topic_of(function)
        except CloudError as error:
            if error.kind is not ErrorKind.MISSING:
                raise
            if is_named or len(functions) == 1:
                raise missing_function(function, source.region) from error
    if not topics:
        raise missing_function(functions[0], source.region)
    return topics


class _ControlReader:
    """Reads the entries of a local server."""

    def __init__(self, emulator: Emulator, functions: Sequence[Address], selection: Selection) -> None:
        self._emulator = emulator
        self._content = _content(emulator, functions, selection)

    def read(self) -> LogList:
        answer = self._emulator.control.post("logs", self._content)
        self._content["after"] = answer["last"]
        entries = [local_entry(fields) for fields in answer["entries"]]
        notes = [message("The output is very large; the oldest entries were not read.")] if answer["isCut"] else []
        return LogList(Findings(), entries, notes=notes, has_names=len(self._content["functions"]) != 1)


class _TopicReader:
    """Searches the topics of functions."""

    def __init__(
        self,
        source: LogSource,
        topics: Mapping[Address, str],
        selection: Selection,
        *,
        now: Callable[[], int],
        since_s: float,
        follow: bool,
        notes: Sequence[str] = (),
    ) -> None:
        self._source = source
        self._topics = topics
        self._selection = selection
        self._now = now
        self._since = now() - round(since_s * 1000)
        self._follow = follow
        self._notes = notes
        self._is_followed = False
        self._known: set[tuple[str, int, int]] = set()

    def read(self) -> LogList:
        until = self._now() + 1
        searches, notes = list[LogQuery](), list(self._notes)
        entries: list[LogEntry] = []
        for function, topic in self._topics.items():
            query = self._source.query(
                function, topic, request_id=self._selection.request_id, since=self._since, until=until
            )
            found = self._source.search(query)
            searches.append(query)
            entries += found.entries
            if found.is_cut:
                notes.append(message("There are more than 10,000 lines; the oldest were not read."))
        entries.sort(key=lambda entry: entry.started_at)
        if self._follow:
            entries = self._select_new(entries, until)
        selected = list(filter(self._selection.includes, entries))
        if self._is_followed:
            searches, notes = [], []
        self._is_followed = self._follow
        return LogList(Findings(), selected, searches, notes, has_names=len(self._topics) != 1)

    def _select_new(self, entries: Sequence[LogEntry], until: int) -> list[LogEntry]:
        """The runs that ended and are not selected yet; the next search begins with those that have not ended."""
        # A run whose end is never logged must not keep the start of all later searches.
        oldest = until - _LONGEST_RUN_MS
        running = [entry.started_at for entry in entries if entry.status_code is None and entry.started_at >= oldest]
        self._since = max(self._since, min([until - _DELAY_MS, *running]))
        new = [entry for entry in entries if entry.status_code is not None and _identity(entry) not in self._known]
        self._known = {known for known in self._known if known[2] >= self._since - _LONGEST_RUN_MS}
        self._known.update(map(_identity, new))
        return new


class _StatusReader:
    """Reads one request by GetRequestStatus, for functions without a topic."""

    def __init__(self, source: EventSource, functions: Sequence[Address], selection: Selection) -> None:
        self._source = source
        self._functions = functions
        self._selection = selection

    def read(self) -> LogList:
        for function in self._functions:
            status = self._source.request_status(function, self._selection.request_id)
            if status is not None:
                entry = _entry_of_status(function, self._selection.request_id, status)
                entries = [entry] if self._selection.includes(entry) else []
                return LogList(Findings(), entries, notes=[_status_note(function)])
        return LogList(Findings(), [], notes=[_status_note(self._functions[0])])


def _entry_of_status(function: Address, request_id: str, status: RequestStatus) -> LogEntry:
    try:
        returned = json.loads(status.message) if status.message else None
    except (ValueError, RecursionError):
        returned = status.message
    code, lines = None if status.status == "running" else _SUCCESS, []
    if status.status == "failed":
        code = status.status_code or _FAILED
        lines, returned = (status.trace or status.message).rstrip("\n").split("\n"), None
    figures = status.duration_ms, status.memory_mb
    return LogEntry(
        request_id, function, status.started_at or 0, code, *figures, returned, tuple(lines), status.retries or 0
    )


def _content(emulator: Emulator, functions: Sequence[Address], selection: Selection) -> dict[str, Any]:
    return {
        "region": emulator.region,
        "functions": [_key(function) for function in functions],
        "requestId": selection.request_id,
        "sinceS": selection.since_s,
        "failed": selection.failed_only,
    }


def local_entry(fields: Mapping[str, Any]) -> LogEntry:
    """A run as the local server describes it."""
    namespace, _, name = fields["function"].partition("/")
    return LogEntry(
        fields["requestId"],
        Address.of_function(namespace, name),
        round(datetime.fromisoformat(fields["startedAt"]).timestamp() * 1000),
        fields["statusCode"],
        fields["durationMs"],
        fields["memoryMb"],
        fields["result"],
        tuple(fields["lines"]),
        fields["retryNum"],
    )


def _key(function: Address) -> str:
    return f"{function.namespace}/{function.function}"


def _identity(entry: LogEntry) -> tuple[str, int, int]:
    return entry.request_id, entry.retries, entry.started_at


def _kept_s() -> float:
    return delivery_value("scf", "logs.kept_ms") / 1000


def _no_topic(function: Address) -> ScfDeployError:
    return ScfDeployError(
        message("{function} has no CLS topic, so the platform does not keep what it prints.", function=function),
        hint=message(
            "In serverless.yml, set `cls: {logsetId: ID, topicId: ID}` and a `role`, then run `scfdeploy apply`. "
            "For the result of one request of the last day, add --request with its full id."
        ),
    )


def _status_note(function: Address) -> str:
    return message(
        "Source: GetRequestStatus. {function} has no CLS topic, so what it printed is not kept; "
        "set `cls` in serverless.yml.",
        function=function,
    )
