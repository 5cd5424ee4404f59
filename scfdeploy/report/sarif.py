"""Findings as SARIF 2.1.0, the form that code scanning services read."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy import __version__
from scfdeploy.diagnostics import Diagnostic, Severity, Span
from scfdeploy.report.document import dumps
from scfdeploy.report.pages import all_pages
from scfdeploy.report.text import RenderedOutput, TextStyle
from scfdeploy.report.to_json import Document
from scfdeploy.report.truncation import truncated
from scfdeploy.results import Failed, Result

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif(result: Result, _style: TextStyle) -> RenderedOutput:
    """One run of the tool: its rules that found something, its findings, and whether it came to its end."""
    found = truncated(result.findings.diagnostics)
    rules = sorted({diagnostic.rule for diagnostic in found})
    run = {
        "tool": {
            "driver": {
                "name": "scfdeploy",
                "version": __version__,
                "rules": [_rule(rule, found) for rule in rules],
            }
        },
        "invocations": [_invocation(result)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, rules.index(diagnostic.rule)) for diagnostic in found],
    }
    return RenderedOutput(dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}), "")


def _invocation(result: Result) -> Document:
    if not isinstance(result, Failed):
        return {"executionSuccessful": True}
    text = f"{result.message} {result.hint}" if result.hint else result.message
    notification = {"level": "error", "message": {"text": text}}
    return {"executionSuccessful": False, "toolExecutionNotifications": [notification]}


def _rule(rule: str, found: Sequence[Diagnostic]) -> Document:
    of_rule = [diagnostic for diagnostic in found if diagnostic.rule == rule]
    described: Document = {
        "id": rule,
        "shortDescription": {"text": of_rule[0].summary},
        "properties": {"cloudErrorCodes": sorted({one.code for one in of_rule if one.code})},
    }
    page = all_pages().get(rule)
    if page is None:
        return described
    help_text = {"text": page.markdown, "markdown": page.markdown}
    return described | {"fullDescription": {"text": page.title}, "help": help_text}


def _result(found: Diagnostic, rule_index: int) -> Document:
    text = "\n".join(part for part in (found.summary, found.detail, found.hint) if part)
    document: Document = {
        "ruleId": found.rule,
        "ruleIndex": rule_index,
        "level": _LEVELS[found.severity],
        "message": {"text": text},
    }
    if found.subject is not None:
        document["locations"] = [{"physicalLocation": _place(found.subject)}]
    if found.related:
        document["relatedLocations"] = [
            {"id": number, "message": {"text": words}, "physicalLocation": _place(span)}
            for number, (words, span) in enumerate(found.related, start=1)
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
