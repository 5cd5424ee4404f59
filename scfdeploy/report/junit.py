"""Findings as a JUnit report, for Jenkins and other build servers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity, message
from scfdeploy.diagnostics.messages import in_english
from scfdeploy.report.terminal import safe, safe_lines
from scfdeploy.report.text import RenderedOutput, TextStyle
from scfdeploy.report.truncation import truncated
from scfdeploy.results import Failed, Result

_NOT_IN_XML = re.compile("[\ufffe\uffff]")


def junit(result: Result, _style: TextStyle) -> RenderedOutput:
    """One test case for each finding, and a passed one for each file without findings.

    Warnings are failures only if they failed the command.
    """
    findings = [finding.in_english() for finding in truncated(result.findings.diagnostics)]
    has_errors = any(finding.severity is Severity.ERROR for finding in findings)
    strict = not isinstance(result, Failed) and not result.ok and not has_errors
    cases = [_finding(finding, strict) for finding in findings]
    files = {finding.subject.file for finding in findings if finding.subject is not None}
    cases += [_case(file, "no findings", []) for file in sorted(set(result.findings.sources) - files)]
    failures = sum(_fails(finding, strict) for finding in findings)
    errors = 0
    if isinstance(result, Failed):
        errors = 1
        text = in_english(result.hint or "")
        element = _element("error", {"message": in_english(result.message), "type": result.code or "error"}, text)
        cases.append(_case("scfdeploy", result.command, [f"      {element}"]))
    counts = f'tests="{len(cases)}" failures="{failures}" errors="{errors}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites {counts}>",
        f'  <testsuite name="scfdeploy" {counts}>',
        *cases,
        "  </testsuite>",
        "</testsuites>",
    ]
    return RenderedOutput("\n".join(lines) + "\n", "")


def _fails(finding: Diagnostic, strict: bool) -> bool:
    return finding.severity is Severity.ERROR or (strict and finding.severity is Severity.WARNING)


def _finding(finding: Diagnostic, strict: bool) -> str:
    file = finding.subject.file if finding.subject is not None else "scfdeploy"
    position = f" {finding.subject.start.line}:{finding.subject.start.column}" if finding.subject is not None else ""
    text = "\n".join(_lines(finding))
    if _fails(finding, strict):
        element = _element("failure", {"message": finding.summary, "type": finding.code or finding.rule}, text)
    else:
        element = _element("system-out", {}, f"{finding.severity.value}: {text}")
    return _case(file, f"{finding.rule}{position}", [f"      {element}"])


def _lines(finding: Diagnostic) -> Iterator[str]:
    position = f"{finding.subject}: " if finding.subject is not None else ""
    yield f"{position}{finding.summary}"
    if finding.detail:
        yield finding.detail
    if finding.hint:
        yield message("hint: {text}", text=finding.hint)


def _case(group: str, name: str, elements: list[str]) -> str:
    head = f'    <testcase classname="{_escape(group)}" name="{_escape(name)}"'
    return "\n".join([f"{head}>", *elements, "    </testcase>"]) if elements else f"{head}/>"


def _element(name: str, attributes: dict[str, str], text: str) -> str:
    encoded = "".join(f' {key}="{_escape(value)}"' for key, value in attributes.items())
    lines = "\n".join(_escape(line) for line in safe_lines(text))
    return f"<{name}{encoded}>{lines}</{name}>"


def _escape(text: str) -> str:
    escaped = _NOT_IN_XML.sub("?", safe(text)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace('"', "&quot;")
