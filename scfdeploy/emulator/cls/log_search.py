"""SearchLog: the logs of functions that are delivered to a topic.

A run has the lines of the documented structure: START, what it printed, ERROR, Response, END and Report.
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.cls.log_query import parse_query
from scfdeploy.emulator.messages import CloudError, Json, compact_json, parse_number
from scfdeploy.emulator.runtime import SUCCESS
from scfdeploy.emulator.scf.records import functions
from scfdeploy.emulator.store import LogEntry

_DEFAULT_LIMIT = 100
_MAX_LIMIT = 1000
_MAX_MESSAGE_BYTES = 8 << 10
_NANOSECONDS = 1_000_000


def search_log(call: ApiCall, parameters: Json) -> Json:
    """The lines of a topic that match a query, the newest first unless Sort is asc."""
    if not parameters.get("TopicId") or parameters.get("Topics"):
        raise CloudError("InvalidParameter", "The local server searches one topic, TopicId.")
    limit = parameters.get("Limit", _DEFAULT_LIMIT)
    if not 1 <= limit <= _MAX_LIMIT:
        raise CloudError("InvalidParameterValue", f"Limit must be 1 to {_MAX_LIMIT}.")
    sort = parameters.get("Sort", "desc")
    if sort not in ("asc", "desc"):
        raise CloudError("InvalidParameterValue", "Sort must be asc or desc.")
    matches = parse_query(parameters.get("QueryString") or parameters.get("Query") or "")
    start, end = parameters["From"], parameters["To"]
    lines = [
        (moment, line)
        for moment, line in _lines(call, parameters["TopicId"])
        if start <= moment < end and matches(line)
    ]
    lines.sort(key=lambda entry: int(entry[1]["SCF_LogTime"]), reverse=sort == "desc")
    offset = _offset(parameters)
    results = [_result(parameters["TopicId"], moment, line) for moment, line in lines[offset : offset + limit]]
    is_over = offset + limit >= len(lines)
    return {
        "Context": "" if is_over else str(offset + limit),
        "ListOver": is_over,
        "Analysis": False,
        "Results": results,
        "ColNames": [],
        "AnalysisResults": [],
        "AnalysisRecords": [],
        "Columns": [],
        "SamplingRate": 0.0,
        "Topics": None,
    }


def _offset(parameters: Json) -> int:
    context = parameters.get("Context")
    if not context:
        return max(0, int(parameters.get("Offset", 0)))
    offset = parse_number(context)
    if offset is None:
        raise CloudError("InvalidParameterValue", "Context is not that of an earlier response.")
    return offset


def _lines(call: ApiCall, topic: str) -> Iterator[tuple[int, Json]]:
    """Every line of a topic, with its time in milliseconds."""
    now = round(call.context.event_clock.now() * 1000)
    prefix = f"{call.region}/"
    for key, version in call.store.list_prefix(functions.VERSION, prefix):
        if version["FunctionVersion"] == functions.LATEST and version["ClsTopicId"] == topic:
            function = key.rpartition("/")[0]
            for entry in call.store.logs.newest([function], now):
                # On a clock that stands still, a run takes no time.
                end = min(entry.started_at + round(entry.duration_ms), max(now, entry.started_at))
                yield from _lines_of_run(entry, end, version["MemorySize"])


def _lines_of_run(entry: LogEntry, end: int, memory_mb: int) -> Iterator[tuple[int, Json]]:
    for number, (moment, kind, message) in enumerate(_messages(entry, end, memory_mb)):
        yield (
            moment,
            {
                "SCF_FunctionName": entry.function.split("/")[2],
                "SCF_Namespace": entry.function.split("/")[1],
                "SCF_StartTime": str(entry.started_at),
                "SCF_LogTime": str(moment * _NANOSECONDS + number),
                "SCF_RequestId": entry.request_id,
                "SCF_Duration": str(round(entry.duration_ms)) if kind == "Platform" else "0",
                "SCF_Alias": "",
                "SCF_Qualifier": entry.version or functions.LATEST,
                "SCF_MemUsage": f"{entry.memory_mb:.2f}" if kind == "Platform" else "0.00",
                "SCF_Level": "INFO",
                "SCF_Message": message.encode()[:_MAX_MESSAGE_BYTES].decode("utf-8", "ignore"),
                "SCF_Type": kind,
                "SCF_StatusCode": str(entry.status) if message.startswith("Report ") and kind == "Platform" else "202",
                "SCF_RetryNum": str(entry.retries),
            },
        )


def _messages(entry: LogEntry, end: int, memory_mb: int) -> Iterator[tuple[int, str, str]]:
    """Time, type and text of each line of a run."""
    yield entry.started_at, "Platform", f"START RequestId:{entry.request_id}"
    for line in entry.output.rstrip("\n").split("\n") if entry.output.strip("\n") else ():
        yield entry.started_at, "Custom", line
    if entry.status != SUCCESS:
        yield end, "Platform", f"ERROR RequestId:{entry.request_id} Result:{entry.error}"
    yield end, "Platform", f"Response RequestId:{entry.request_id} RetMsg:{entry.returned or entry.error}"
    yield end, "Platform", f"END RequestId:{entry.request_id}"
    used = f"Duration:{round(entry.duration_ms)}ms Memory:{memory_mb}MB MemUsage:{entry.memory_mb:.6f}MB"
    yield end, "Platform", f"Report RequestId:{entry.request_id} {used}"


def _result(topic: str, moment: int, line: Json) -> Json:
    return {
        "Time": moment,
        "TopicId": topic,
        "TopicName": "",
        "Source": "127.0.0.1",
        "FileName": "",
        "PkgId": "",
        "PkgLogId": "",
        "HighLights": [],
        "LogJson": compact_json(line),
        "HostName": "",
        "RawLog": "",
        "IndexStatus": "",
    }
