"""Findings and failures as GitHub annotations, results as a folded group of the log, the same for a job's summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.report.terminal import safe, safe_lines
from scfdeploy.report.text import RenderedOutput, TextStyle, render_output
from scfdeploy.report.truncation import truncated
from scfdeploy.results import Applied, Failed, Result

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def github(result: Result, style: TextStyle) -> RenderedOutput:
    """One annotation for each finding, then the text of the result with nothing in it that GitHub would obey."""
    lines = [_annotation(found) for found in truncated(result.findings.diagnostics)]
    if isinstance(result, Failed):
        lines.append(_command("error", {"title": f"scfdeploy {result.command}"}, [result.message, result.hint or ""]))
    if isinstance(result, Applied):
        lines.extend(_failures(result))
    text = render_output(result, TextStyle(color=False, width=style.width))
    lines.extend(_group("scfdeploy", f"{text.err}{text.out}"))
    return RenderedOutput("\n".join(lines) + "\n", "")


def mask_commands(secrets: Iterable[str]) -> str:
    """What tells GitHub to show stars in place of these texts, in every log that follows. Print it before all else."""
    lines = (line for text in secrets for line in text.splitlines())
    return "".join(f"::add-mask::{_escape(line)}\n" for line in lines if line.strip())


def _failures(result: Applied) -> Iterator[str]:
    """One annotation for each change that failed; what was skipped for it is in the text."""
    for outcome in result.outcomes:
        if outcome.error is not None and outcome.status == "failed":
            title = f"{outcome.address}: {outcome.action} failed [{outcome.error.code}]"
            yield _command("error", {"title": title}, [outcome.error.message, outcome.error.hint or ""])


def _annotation(found: Diagnostic) -> str:
    properties: dict[str, str] = {}
    if found.subject is not None:
        start, end = found.subject.start, found.subject.end
        properties = {"file": found.subject.file, "line": str(start.line), "endLine": str(end.line)}
        if start.line == end.line:  # GitHub takes columns only within one line
            properties |= {"col": str(start.column), "endColumn": str(end.column)}
    properties["title"] = f"{found.summary} [{', '.join(name for name in (found.rule, found.code) if name)}]"
    return _command(_COMMANDS[found.severity], properties, [found.detail or found.summary, found.hint or ""])


def _command(name: str, properties: dict[str, str], words: list[str]) -> str:
    shown = ",".join(f"{key}={_escape_property(value)}" for key, value in properties.items())
    message = "%0A".join(_escape(line) for text in words if text for line in safe_lines(text))
    return f"::{name} {shown}::{message}"


def _escape(text: str) -> str:
    return text.replace("%", "%25")


def _escape_property(text: str) -> str:
    return _escape(safe(text)).replace(":", "%3A").replace(",", "%2C")


def _group(title: str, text: str) -> Iterator[str]:
    """The text, folded. GitHub obeys `::command::` in any line: it is told to stop until a word that only we know."""
    import hashlib

    # The text cannot contain its own digest, so nothing in it can switch commands on again.
    word = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
    yield f"::group::{title}"
    yield f"::stop-commands::{word}"
    yield text.rstrip("\n")
    yield f"::{word}::"
    yield "::endgroup::"
