"""Reads ListAsyncEvents, GetAsyncEventStatus and GetRequestStatus, and calls TerminateAsyncEvent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

from scfdeploy.model import Address
from scfdeploy.providers.base import none_if_missing
from scfdeploy.providers.clock import Clock
from scfdeploy.providers.event_source import EventQuery, EventRecord, RequestStatus, TraceSettings
from scfdeploy.providers.tencent.resources.wire import function_params
from scfdeploy.providers.tencent.transport.client import Client
from scfdeploy.providers.tencent.transport.errors import malformed_field
from scfdeploy.providers.tencent.transport.paging import list_all, mapping, number, object_list

_CHINA = timezone(timedelta(hours=8))
_STATUSES = MappingProxyType(
    {"RUNNING": "running", "FINISHED": "finished", "FAILED": "failed", "ABORTED": "aborted"},
)
_RET_CODES = MappingProxyType({0: "finished", 1: "running", -1: "failed"})
_TRACED = "TRUE"
_WINDOW = timedelta(days=1)
_CLOCK_DIFFERENCE = timedelta(minutes=5)
"""The clock of this machine may be behind the platform's by this much."""


class TencentEvents:
    """Implements EventSource for the functions of one region."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    @property
    def region(self) -> str:
        """The region of the functions."""
        return self._client.region

    def trace_settings(self, function: Address) -> TraceSettings:
        """Whether the function has status records. Raises CloudError (MISSING) if it does not exist."""
        response = self._client.read("GetFunction", {**function_params(function), "ShowCode": "FALSE"})
        async_run, trace = (response.get(name) == _TRACED for name in ("AsyncRunEnable", "TraceEnable"))
        return TraceSettings(async_run, trace)

    def records(self, function: Address, query: EventQuery) -> Sequence[EventRecord]:
        """The status records of a function, in the order of acceptance."""
        # New records are added at the end of this order, so pages do not move while they are read.
        params: dict[str, Any] = {**function_params(function), "Order": "ASC", "Orderby": "StartTime"}
        if query.statuses:
            params["Status"] = [name for name, status in _STATUSES.items() if status in query.statuses]
        if query.request_id:
            params["InvokeRequestId"] = query.request_id
        if query.since is not None:
            end = round(self._clock.now() * 1000) + 86_400_000
            params["StartTimeInterval"] = {"Start": _second(query.since), "End": _second(end)}
        rows = list_all(self._client, "ListAsyncEvents", params, "EventList").rows
        return [_record(function, row) for row in rows]

    def status_of(self, request_id: str) -> tuple[str, int | None] | None:
        """The status of an event by its record, and the status code of its run; None without a record."""
        action = "GetAsyncEventStatus"
        response = none_if_missing(lambda: self._client.read(action, {"InvokeRequestId": request_id}))
        if response is None:
            return None
        result = mapping(response.get("Result"))
        status, code = _STATUSES.get(str(result.get("Status"))), result.get("StatusCode")
        if status is None:
            raise malformed_field(action, "Status")
        return status, code if isinstance(code, int) and code else None

    def request_status(self, function: Address, request_id: str) -> RequestStatus | None:
        """The status of an invocation of the last day; None if there is none."""
        action, now = "GetRequestStatus", datetime.fromtimestamp(self._clock.now(), _CHINA)
        window = {"StartTime": now - _WINDOW, "EndTime": now + _CLOCK_DIFFERENCE}
        times = {name: moment.strftime("%Y-%m-%d %H:%M:%S") for name, moment in window.items()}
        params = {**function_params(function), "FunctionRequestId": request_id, **times}
        response = self._client.read(action, params)
        rows = [row for row in object_list(response, "Data", action) if row.get("RequestId") == request_id]
        return _request_status(rows[0]) if rows else None

    def terminate(self, function: Address, request_id: str, *, now: bool) -> None:
        """End an event: ask its instance to end, or with `now` kill it."""
        params = {**function_params(function), "InvokeRequestId": request_id, "GraceShutdown": not now}
        self._client.write("TerminateAsyncEvent", params)


def _record(function: Address, row: Mapping[str, Any]) -> EventRecord:
    action = "ListAsyncEvents"
    accepted_at, status = _milliseconds(row.get("StartTime")), _STATUSES.get(str(row.get("Status")))
    if accepted_at is None:
        raise malformed_field(action, "StartTime")
    if status is None:
        raise malformed_field(action, "Status")
    return EventRecord(
        str(row.get("InvokeRequestId") or ""),
        function,
        str(row.get("Qualifier") or ""),
        str(row.get("InvokeType") or ""),
        status,
        accepted_at,
        _milliseconds(row.get("EndTime")),
    )


def _request_status(row: Mapping[str, Any]) -> RequestStatus:
    code, retries = row.get("RetCode"), row.get("RetryNum")
    if not isinstance(code, int) or code not in _RET_CODES:
        raise malformed_field("GetRequestStatus", "RetCode")
    text = str(row.get("RetMsg") or "")
    error = _error(text) if _RET_CODES[code] == "failed" else {}
    message = ": ".join(str(error[name]) for name in ("errorType", "errorMessage") if error.get(name))
    status_code = error.get("statusCode")
    return RequestStatus(
        _milliseconds(row.get("StartTime")),
        _RET_CODES[code],
        retries if isinstance(retries, int) and retries >= 0 else None,
        message or text,
        number(row.get("Duration")),
        number(row.get("MemUsage")),
        status_code if isinstance(status_code, int) else None,
        str(error.get("stackTrace") or ""),
    )


def _error(text: str) -> Mapping[str, Any]:
    """The fields of an error; empty when the text is in another form."""
    try:
        return mapping(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def _milliseconds(text: object) -> int | None:
    """The moment of a time of the API, in China Standard Time with or without a fraction; None if it is none."""
    if not isinstance(text, str) or not text:
        return None
    for form in ("%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S"):
        try:
            return round(datetime.strptime(text, form).replace(tzinfo=_CHINA).timestamp() * 1000)
        except ValueError:
            continue
    return None


def _second(moment_ms: int) -> str:
    return datetime.fromtimestamp(moment_ms // 1000, _CHINA).strftime("%Y-%m-%d %H:%M:%S")
