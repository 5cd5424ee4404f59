"""The report of `migrate --report`: for each file what changes, what is lost, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from scfdeploy.diagnostics import Diagnostic, Severity, message
from scfdeploy.report.document import dumps, head
from scfdeploy.report.document import render_json as render_any_json
from scfdeploy.report.markdown import markdown
from scfdeploy.report.terminal import safe
from scfdeploy.report.text import RenderedOutput, TextStyle
from scfdeploy.results import MigratedFile, Migration, Result

Entry: TypeAlias = dict[str, Any]

_NO_FILE = "--- /dev/null"
_HUNK = re.compile(r"@@ -(\d+)")
_STATES = {
    "written": "Migrated",
    "to-migrate": "To migrate",
    "current": "Nothing to do",
    "failed": "Cannot be migrated",
}


class _Line(NamedTuple):
    number: int
    """In the file before migration."""
    sign: str
    text: str


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
        message("Problems"), [_problem(one) for one in result.findings.diagnostics if _file(one) not in names]
    )
    for entry in entries:
        lines += _section(entry)
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
        "changes": [] if file is None else list(_changes(file.diff)),
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


def _changes(diff: str) -> Iterator[Entry]:
    """The lines that change, in groups of neighbours. A group without `before` is added, without `after` removed."""
    group: list[_Line] = []
    for line in (*_lines(diff), _Line(0, " ", "")):
        if line.sign != " ":
            group.append(line)
        elif group:
            yield {
                "line": group[0].number,
                "before": [one.text for one in group if one.sign == "-"],
                "after": [one.text for one in group if one.sign == "+"],
            }
            group = []


def _lines(diff: str) -> Iterator[_Line]:
    """The lines of the file itself in a unified diff: what follows the second head are its new files."""
    number = heads = 0
    is_in_hunk = False
    rows = diff.split("\n")
    for index, text in enumerate(rows):
        following = rows[index + 1] if index + 1 < len(rows) else ""
        if text.startswith("--- ") and following.startswith("+++ ") and (not is_in_hunk or text == _NO_FILE):
            heads += 1
            is_in_hunk = False
        elif found := _HUNK.match(text):
            number, is_in_hunk = int(found[1]), True
            yield _Line(number, " ", "")
        elif is_in_hunk and heads == 1 and text[:1] in ("-", "+", " "):
            yield _Line(number, text[0], text[1:])
            number += text[0] != "+"


def _problem(one: Diagnostic) -> Entry:
    return {"line": _line(one), "rule": one.rule, "text": one.detail or one.summary}


def _file(one: Diagnostic) -> str | None:
    return None if one.subject is None else one.subject.file


def _line(one: Diagnostic) -> int | None:
    return None if one.subject is None or one.subject.start is None else one.subject.start.line


def _summary(entries: list[Entry]) -> list[str]:
    counts = {state: sum(entry["state"] == state for entry in entries) for state in _STATES}
    rows = [f"| {label} | {counts[state]} |" for state, label in _STATES.items() if counts[state]]
    return [f"| {message('State')} | {message('Files')} |", "| --- | ---: |", *rows, ""]


def _section(entry: Entry) -> list[str]:
    lines = [f"## {_code(entry['file'])}", "", f"{_STATES[entry['state']]}.", ""]
    lines += _bullets(message("Error"), entry["errors"])
    if entry["changes"]:
        lines += [f"**{message('What changes')}**", "", *_diff(entry["changes"]), ""]
    if entry["new_files"]:
        lines += [f"**{message('New files')}**", "", *(f"- {_code(name)}" for name in entry["new_files"]), ""]
    lines += _bullets(message("What is lost"), entry["lost"])
    lines += _bullets(message("What to do"), entry["to_do"])
    return lines


def _diff(changes: list[Entry]) -> Iterator[str]:
    texts: list[str] = []
    for change in changes:
        texts.append(message("@@ line {line} @@", line=change["line"]))
        texts += [f"-{safe(text)}" for text in change["before"]]
        texts += [f"+{safe(text)}" for text in change["after"]]
    fence = "`" * (max((len(run) for text in texts for run in re.findall("`+", text)), default=2) + 1)
    fence = max(fence, "```", key=len)
    yield f"{fence}diff"
    yield from texts
    yield fence


def _bullets(title: str, entries: list[Entry]) -> list[str]:
    if not entries:
        return []
    rows = [f"- {_place(entry)}{_escaped(entry['text'])} ({_code(entry['rule'])})" for entry in entries]
    return [f"**{title}**", "", *dict.fromkeys(rows), ""]


def _place(entry: Entry) -> str:
    return "" if entry["line"] is None else message("Line {line}:", line=entry["line"]) + " "


def _escaped(text: str) -> str:
    """Text of a file must not become Markdown or HTML."""
    return re.sub(r"([\\`*_\[\]<>|#~&])", r"\\\1", " ".join(safe(text).split()))


def _code(text: str) -> str:
    shown = safe(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    space = " " if "`" in shown else ""
    return f"{fence}{space}{shown}{space}{fence}"
