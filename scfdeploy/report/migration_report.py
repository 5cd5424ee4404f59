"""The report of `migrate --report`: for each file what changes, what is lost, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from scfdeploy.diagnostics import Diagnostic, Severity, message
from scfdeploy.report.document import dumps, head
from scfdeploy.report.document import render_json as render_any_json
from scfdeploy.report.markdown import code_span, fenced, markdown
from scfdeploy.report.terminal import safe
from scfdeploy.report.text import RenderedOutput, TextStyle
from scfdeploy.report.values import Document
from scfdeploy.results import Result
from scfdeploy.results.migrated import MigratedFile, Migration

Entry: TypeAlias = dict[str, Any]

_STATE_MEANINGS = {
    "written": "Migrated",
    "to-migrate": "To migrate",
    "current": "Nothing to do",
    "failed": "Cannot be migrated",
}


def keys(result: Migration) -> Document:
    """The keys of `migrate`."""
    return {
        "files": [
            {
                "file": file.file,
                "changed": file.changed,
                "written": file.written,
                "diff": file.diff,
                "new_files": list(file.new_files),
            }
            for file in result.files
        ]
    }


def render_json(result: Result, style: TextStyle) -> RenderedOutput:
    """The report as a JSON document; any other result as usual."""
    if not isinstance(result, Migration):
        return render_any_json(result, style)
    return RenderedOutput(dumps(head("migrate", result) | {"write": result.write, "files": _entries(result)}), "")


def render_markdown(result: Result, style: TextStyle) -> RenderedOutput:
    """The report as a Markdown document; any other result as usual."""
    if not isinstance(result, Migration):
        return markdown(result, style)
    entries = _entries(result)
    lines = [f"# {message('Migration report')}", ""]
    lines += _summary(entries)
    if not result.write and any(entry["state"] == "to-migrate" for entry in entries):
        lines += [message("Nothing was written. Use --write to change the files."), ""]
    # A problem of the whole tree, such as a folder without files, belongs to no file.
    names = {entry["file"] for entry in entries}
    lines += _bullets(
        message("Problems"),
        [_problem(one) for one in result.findings.diagnostics if _file(one) not in names],
        style.redact,
    )
    for entry in entries:
        lines += _section(entry, style.redact)
    return RenderedOutput("\n".join(lines).rstrip("\n") + "\n", "")


def _entries(result: Migration) -> list[Entry]:
    files: dict[str, MigratedFile | None] = {file.file: file for file in result.files}
    files |= dict.fromkeys(result.failed)
    return [_entry(name, files[name], result) for name in sorted(files)]


def _entry(name: str, file: MigratedFile | None, result: Migration) -> Entry:
    own = [one for one in result.findings.diagnostics if _file(one) == name]
    lost = [] if file is None else [one for one in own if one.severity is not Severity.INFO]
    return {
        "file": name,
        "state": _state(file),
        "changes": [] if file is None else [change._asdict() for change in file.changes],
        "new_files": [] if file is None else list(file.new_files),
        "lost": [_problem(one) for one in lost],
        "errors": [_problem(one) for one in own if file is None and one.severity is Severity.ERROR],
        "to_do": [{"line": _line(one), "rule": one.rule, "text": one.hint} for one in own if one.hint],
    }


def _state(file: MigratedFile | None) -> str:
    if file is None:
        return "failed"
    if not file.changed:
        return "current"
    return "written" if file.written else "to-migrate"


def _problem(one: Diagnostic) -> Entry:
    return {"line": _line(one), "rule": one.rule, "text": one.detail or one.summary}


def _file(one: Diagnostic) -> str | None:
    return None if one.subject is None else one.subject.file


def _line(one: Diagnostic) -> int | None:
    return None if one.subject is None or one.subject.start is None else one.subject.start.line


def _summary(entries: list[Entry]) -> list[str]:
    counts = {state: sum(entry["state"] == state for entry in entries) for state in _STATE_MEANINGS}
    rows = [f"| {message(label)} | {counts[state]} |" for state, label in _STATE_MEANINGS.items() if counts[state]]
    return [f"| {message('State')} | {message('Files')} |", "| --- | ---: |", *rows, ""]


def _section(entry: Entry, redact: Callable[[str], str]) -> list[str]:
    lines = [
        f"## {code_span(entry['file'])}",
        "",
        message("{state}.", state=message(_STATE_MEANINGS[entry["state"]])),
        "",
    ]
    lines += _bullets(message("Error"), entry["errors"], redact)
    if entry["changes"]:
        lines += [f"**{message('What changes')}**", "", _diff(entry["changes"]), ""]
    if entry["new_files"]:
        lines += [f"**{message('New files')}**", "", *(f"- {code_span(name)}" for name in entry["new_files"]), ""]
    lines += _bullets(message("What is lost"), entry["lost"], redact)
    lines += _bullets(message("What to do"), entry["to_do"], redact)
    return lines


def _diff(changes: list[Entry]) -> str:
    texts: list[str] = []
    for change in changes:
        texts.append(message("@@ line {line} @@", line=change["line"]))
        texts += [f"-{safe(text)}" for text in change["before"]]
        texts += [f"+{safe(text)}" for text in change["after"]]
    return fenced("diff", "\n".join(texts))


def _bullets(title: str, entries: list[Entry], redact: Callable[[str], str]) -> list[str]:
    if not entries:
        return []
    rows = [f"- {_place(entry)}{_prose(entry['text'], redact)} ({code_span(entry['rule'])})" for entry in entries]
    return [f"**{title}**", "", *dict.fromkeys(rows), ""]


def _place(entry: Entry) -> str:
    return "" if entry["line"] is None else message("Line {line}:", line=entry["line"]) + " "


def _prose(text: str, redact: Callable[[str], str]) -> str:
    """Text whose commands are code. Nothing else of it becomes Markdown or HTML."""
    # Secrets are not found in an escaped text.
    parts = " ".join(safe(redact(text)).split()).split("`")
    if len(parts) % 2 == 0 or "" in parts[1::2]:
        return _escaped("`".join(parts))
    return "".join(code_span(part) if at % 2 else _escaped(part) for at, part in enumerate(parts))


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#~&])", r"\\\1", text)
