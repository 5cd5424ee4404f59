"""Findings and failures as GitHub annotations, and results as a collapsed group of the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.report.actions import failed
from scfdeploy.report.terminal import safe, safe_lines
from scfdeploy.report.text import RenderedOutput, TextStyle, render_output
from scfdeploy.report.truncation import truncated
from scfdeploy.results import Applied, Failed, Result

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def github(result: Result, style: TextStyle) -> RenderedOutput:
    """One annotation for each finding and error, then the text of the result with workflow commands disabled."""
    lines = [_annotation(finding) for finding in truncated(result.findings.diagnostics)]
    if isinstance(result, Failed):
        lines.append(_command("error", {"title": f"scfdeploy {result.command}"}, [result.message, result.hint or ""]))
    if isinstance(result, Applied):
        lines.extend(_failures(result))
    text = render_output(result, TextStyle(color=False, width=style.width))
    lines.extend(_group("scfdeploy", f"{text.err}{text.out}"))
    return RenderedOutput("\n".join(lines) + "\n", "")


def mask_commands(secrets: Iterable[str]) -> str:
    """Workflow commands that mask these texts in the rest of the log. Print them first."""
    lines = (line for text in secrets for line in text.splitlines())
    return "".join(f"::add-mask::{_escape(line)}\n" for line in lines if line.strip())


def _failures(result: Applied) -> Iterator[str]:
    """One annotation for each failed change."""
    for outcome in result.outcomes:
        if outcome.error is not None and outcome.status == "failed":
            title = f"{outcome.address}: {failed(outcome.action)} [{outcome.error.code}]"
            yield _command("error", {"title": title}, [outcome.error.message, outcome.error.hint or ""])


def _annotation(finding: Diagnostic) -> str:
    properties: dict[str, str] = {}
    if finding.subject is not None:
        start, end = finding.subject.start, finding.subject.end
        properties = {"file": finding.subject.file, "line": str(start.line), "endLine": str(end.line)}
        if start.line == end.line:  # GitHub accepts columns only within one line
            properties |= {"col": str(start.column), "endColumn": str(end.column)}
    properties["title"] = f"{finding.summary} [{', '.join(name for name in (finding.rule, finding.code) if name)}]"
    return _command(_COMMANDS[finding.severity], properties, [finding.detail or finding.summary, finding.hint or ""])


def _command(name: str, properties: dict[str, str], texts: list[str]) -> str:
    encoded = ",".join(f"{key}={_escape_property(value)}" for key, value in properties.items())
    lines = "%0A".join(_escape(line) for text in texts if text for line in safe_lines(text))
    return f"::{name} {encoded}::{lines}"


def _escape(text: str) -> str:
    return text.replace("%", "%25")


def _escape_property(text: str) -> str:
    return _escape(safe(text)).replace(":", "%3A").replace(",", "%2C")


def _group(title: str, text: str) -> Iterator[str]:
    """The text as a collapsed group. `stop-commands` makes GitHub ignore `::command::` in it, up to a secret token."""
    import hashlib

    # A text cannot contain its own digest, so it cannot enable commands again.
    token = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
    yield f"::group::{title}"
    yield f"::stop-commands::{token}"
    yield text.rstrip("\n")
    yield f"::{token}::"
    yield "::endgroup::"
