"""The document of `logs`."""

from __future__ import annotations

from scfdeploy.providers.log_source import LogEntry
from scfdeploy.report.humanize import china_time
from scfdeploy.report.values import Document, to_json
from scfdeploy.results.logs import LogList


def keys(result: LogList) -> Document:
    """The keys of `logs`."""
    return {
        "entries": [entry_document(entry) for entry in result.entries],
        "sources": [
            {
                "function": search.function.function_name,
                "topicId": search.topic_id,
                "query": search.text,
                "since": _time(search.since),
                "until": _time(search.until),
            }
            for search in result.searches
        ],
        "notes": list(result.notes),
    }


def entry_document(entry: LogEntry) -> Document:
    """One run of a function."""
    return {
        "requestId": entry.request_id,
        "function": entry.function.function_name,
        "startedAt": _time(entry.started_at),
        "statusCode": entry.status_code,
        "durationMs": entry.duration_ms,
        "memoryMb": entry.memory_mb,
        "result": to_json(entry.result),
        "lines": list(entry.lines),
        "retryNum": entry.retries,
    }


def _time(moment_ms: int) -> str:
    return china_time(moment_ms, precision="milliseconds")
