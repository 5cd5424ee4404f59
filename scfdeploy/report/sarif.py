"""Findings as SARIF 2.1.0, the format of code scanning services."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy import __version__
from scfdeploy.diagnostics import Diagnostic, Severity, Span
from scfdeploy.diagnostics.messages import in_english
from scfdeploy.report.document import dumps
from scfdeploy.report.pages import all_pages
from scfdeploy.report.text import RenderedOutput, TextStyle
from scfdeploy.report.truncation import truncated
from scfdeploy.report.values import Document
from scfdeploy.results import Failed, Result

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif(result: Result, _style: TextStyle) -> RenderedOutput:
    """One run with its findings, their rules, and whether the command succeeded."""
    findings = [finding.in_english() for finding in truncated(result.findings.diagnostics)]
    rules = sorted({finding.rule for finding in findings})
    run = {
        "tool": {
            "driver": {
                "name": "scfdeploy",
                "version": __version__,
                "rules": [_rule(rule, findings) for rule in rules],
            }
        },
        "invocations": [_invocation(result)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, rules.index(finding.rule)) for finding in findings],
    }
    return RenderedOutput(dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}), "")


def _invocation(result: Result) -> Document:
    if not isinstance(result, Failed):
        return {"executionSuccessful": True}
    text = " ".join(in_english(part) for part in (result.message, result.hint) if part)
    notification = {"level": "error", "message": {"text": text}}
    return {"executionSuccessful": False, "toolExecutionNotifications": [notification]}


def _rule(rule: str, findings: Sequence[Diagnostic]) -> Document:
    own_findings = [finding for finding in findings if finding.rule == rule]
    descriptor: Document = {
        "id": rule,
        "shortDescription": {"text": own_findings[0].summary},
        "properties": {"cloudErrorCodes": sorted({finding.code for finding in own_findings if finding.code})},
    }
    page = all_pages().get(rule)
    if page is None:
        return descriptor
    help_text = {"text": page.markdown, "markdown": page.markdown}
    return descriptor | {"fullDescription": {"text": page.title}, "help": help_text}


def _result(finding: Diagnostic, rule_index: int) -> Document:
    text = "\n".join(part for part in (finding.summary, finding.detail, finding.hint) if part)
    document: Document = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
    }
    if finding.subject is not None:
        document["locations"] = [{"physicalLocation": _place(finding.subject)}]
    if finding.related:
        document["relatedLocations"] = [
            {"id": number, "message": {"text": text}, "physicalLocation": _place(span)}
            for number, (text, span) in enumerate(finding.related, start=1)
        ]
    return document


def _place(span: Span) -> Document:
    from pathlib import PurePosixPath
    from urllib.parse import quote

    path = PurePosixPath(span.file)
    return {
        "artifactLocation": {"uri": path.as_uri() if path.is_absolute() else quote(span.file)},
        "region": {
            "startLine": span.start.line,
            "startColumn": span.start.column,
            "endLine": span.end.line,
            "endColumn": span.end.column,
        },
    }
