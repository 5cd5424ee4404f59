"""The document of `logs`."""

from __future__ import annotations

from scfdeploy.model import Address
from scfdeploy.report.humanize import china_time
from scfdeploy.report.values import Document, to_json
from scfdeploy.results.logs import LogList


def keys(result: LogList) -> Document:
    """The keys of `logs`."""
    return {
        "entries": [
            {
                "requestId": entry.request_id,
                "function": function_name(entry.function),
                "startedAt": _time(entry.started_at),
                "statusCode": entry.status_code,
                "durationMs": entry.duration_ms,
                "memoryMb": entry.memory_mb,
                "result": to_json(entry.result),
                "lines": list(entry.lines),
                "retryNum": entry.retries,
            }
            for entry in result.entries
        ],
        "sources": [
            {
                "function": function_name(search.function),
                "topicId": search.topic_id,
                "query": search.text,
                "since": _time(search.since),
                "until": _time(search.until),
            }
            for search in result.searches
        ],
        "notes": list(result.notes),
    }


def function_name(function: Address) -> str:
    """A function as commands take it: `name` or `namespace/name`."""
    return function.function if function.namespace == "default" else f"{function.namespace}/{function.function}"


def _time(moment_ms: int) -> str:
    return china_time(moment_ms, precision="milliseconds")
