"""The summary of `validate`; findings are rendered separately."""

from __future__ import annotations

from scfdeploy.diagnostics import Severity, message
from scfdeploy.report.humanize import plural
from scfdeploy.report.terminal import safe
from scfdeploy.report.text.style import TextStyle
from scfdeploy.results import Validated


def render_validated(result: Validated, style: TextStyle) -> str:
    """The fixes that were applied, and the number of valid functions and layers; without the latter on errors."""
    fixed = "".join(
        plural(places, "Fixed {number} place", "Fixed {number} places") + message(" in {file}.", file=safe(file)) + "\n"
        for file, places in result.fixed.items()
    )
    return fixed + _verdict(result, style) + _fixable(result)


def _fixable(result: Validated) -> str:
    if not result.fixable:
        return ""
    text = message("{number} of these can be fixed: {command}", number=result.fixable, command=result.fix_command)
    return f"{safe(text)}\n"


def _verdict(result: Validated, style: TextStyle) -> str:
    if any(finding.severity is Severity.ERROR for finding in result.findings.diagnostics):
        return ""
    counts = []
    if result.functions or not result.layers:
        counts.append(plural(result.functions, "{number} function", "{number} functions"))
    if result.layers:
        counts.append(plural(result.layers, "{number} layer", "{number} layers"))
    resources, files = message(" and ").join(counts), plural(result.files, "{number} file", "{number} files")
    if not result.ok:
        text = message(
            "Not valid: {resources} in {files}; --strict fails on warnings.", resources=resources, files=files
        )
        return style.paint(text, "red") + "\n"
    return style.paint(message("Valid: {resources} in {files}.", resources=resources, files=files), "green") + "\n"
