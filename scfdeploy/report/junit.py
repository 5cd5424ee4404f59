"""Findings as a JUnit report, the form that Jenkins and most other build servers read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.report.terminal import safe, safe_lines
from scfdeploy.report.text import RenderedOutput, TextStyle
from scfdeploy.report.truncation import truncated
from scfdeploy.results import Failed, Result

_NOT_IN_XML = re.compile("[\ufffe\uffff]")


def junit(result: Result, _style: TextStyle) -> RenderedOutput:
    """One test case for each finding, and one that passes for each file without findings.

    Warnings fail their case only when they failed the command.
    """
    found = truncated(result.findings.diagnostics)
    strict = (
        not isinstance(result, Failed) and not result.ok and all(one.severity is not Severity.ERROR for one in found)
    )
    cases = [_finding(diagnostic, strict) for diagnostic in found]
    touched = {diagnostic.subject.file for diagnostic in found if diagnostic.subject is not None}
    cases += [_case(file, "no findings", []) for file in sorted(set(result.findings.sources) - touched)]
    failures = sum(_fails(diagnostic, strict) for diagnostic in found)
    errors = 0
    if isinstance(result, Failed):
        errors = 1
        inside = [
            "      " + _element("error", {"message": result.message, "type": result.code or "error"}, result.hint or "")
        ]
        cases.append(_case("scfdeploy", result.command, inside))
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


def _fails(found: Diagnostic, strict: bool) -> bool:
    return found.severity is Severity.ERROR or (strict and found.severity is Severity.WARNING)


def _finding(found: Diagnostic, strict: bool) -> str:
    file = found.subject.file if found.subject is not None else "scfdeploy"
    place = f" {found.subject.start.line}:{found.subject.start.column}" if found.subject is not None else ""
    text = "\n".join(_words(found))
    if _fails(found, strict):
        inside = _element("failure", {"message": found.summary, "type": found.code or found.rule}, text)
    else:
        inside = _element("system-out", {}, f"{found.severity.value}: {text}")
    return _case(file, f"{found.rule}{place}", [f"      {inside}"])


def _words(found: Diagnostic) -> Iterator[str]:
    place = f"{found.subject}: " if found.subject is not None else ""
    yield f"{place}{found.summary}"
    if found.detail:
        yield found.detail
    if found.hint:
        yield f"hint: {found.hint}"


def _case(group: str, name: str, inside: list[str]) -> str:
    head = f'    <testcase classname="{_escape(group)}" name="{_escape(name)}"'
    return "\n".join([f"{head}>", *inside, "    </testcase>"]) if inside else f"{head}/>"


def _element(name: str, attributes: dict[str, str], text: str) -> str:
    shown = "".join(f' {key}="{_escape(value)}"' for key, value in attributes.items())
    lines = "\n".join(_escape(line) for line in safe_lines(text))
    return f"<{name}{shown}>{lines}</{name}>"


def _escape(text: str) -> str:
    shown = _NOT_IN_XML.sub("?", safe(text)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return shown.replace('"', "&quot;")
