"""Results and events as lines of JSON: one object on each line, for commands that write while they run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scfdeploy.report.terminal import escape_json, safe
from scfdeploy.report.text.render import RenderedOutput, render_output
from scfdeploy.report.values import Document, in_english_only

if TYPE_CHECKING:
    from scfdeploy.report.text import TextStyle
    from scfdeploy.results import Result
    from scfdeploy.results.dev import DevEvent


def render_json_lines(result: Result, style: TextStyle) -> RenderedOutput:
    """The runs of `logs`, each on a line. Findings, errors and notes go to stderr.

    The steps of a simulation were written while it ran, so nothing of it is left for stdout.
    """
    if type(result).__name__ != "LogList":
        return RenderedOutput("", render_output(result, style).err)
    from scfdeploy.report.log_documents import entry_document
    from scfdeploy.results.logs import LogList

    assert isinstance(result, LogList)  # noqa: S101 - the name was compared, so that others need not import it
    lines = "".join(f"{json_line(entry_document(entry))}\n" for entry in result.entries)
    notes = "".join(f"{safe(note)}\n" for note in result.notes)
    return RenderedOutput(lines, render_output(result, style).err + notes)


def json_line(document: Document) -> str:
    """One object on one line, without the end of the line."""
    return escape_json(json.dumps(document, ensure_ascii=False, allow_nan=False))


def dev_event_document(event: DevEvent) -> Document:
    """An event of `dev`, in English; empty for what only people need."""
    document: Document = in_english_only(_event_keys(event))
    return document


def _event_keys(event: DevEvent) -> Document:  # noqa: PLR0911 - one case per event
    from scfdeploy.report.document import document, finding_documents
    from scfdeploy.report.log_documents import entry_document
    from scfdeploy.results import dev

    match event:
        case dev.Redeployed():
            deployed = document(event.applied)
            keys = ("ok", "diagnostics", "results", "summary", "refused")
            seconds = {"seconds": round(event.seconds, 3)}
            return {"kind": "deployed"} | seconds | {key: deployed[key] for key in keys}
        case dev.Rejected(findings):
            return {"kind": "rejected", "diagnostics": finding_documents(findings)}
        case dev.Failure(text, hint, findings):
            return {
                "kind": "error",
                "message": text,
                "hint": hint,
                "diagnostics": finding_documents(findings),
            }
        case dev.UrlReady(url):
            return {"kind": "ready", "url": url}
        case dev.RequestEnded(entry, method, path, status):
            http = {"method": method, "path": path, "status": status} if method else None
            return {"kind": "request"} | entry_document(entry) | {"http": http}
        case dev.TimersFired(function, timers):
            return {"kind": "timers", "function": function, "timers": list(timers)}
        case dev.DebuggerReady(configurations):
            return {"kind": "debugger", "configurations": [dict(each) for each in configurations]}
        case _:
            return {}
