"""The last word of `validate`; the findings themselves are shown apart."""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.report.humanize import count
from scfdeploy.report.terminal import safe
from scfdeploy.report.text.style import TextStyle
from scfdeploy.results import Validated


def render_validated(result: Validated, style: TextStyle) -> str:
    """What was checked and whether it may be deployed; nothing when errors were found, which then say enough."""
    mended = "".join(f"Fixed {count(places, 'place')} in {safe(file)}.\n" for file, places in result.fixed.items())
    return mended + _verdict(result, style)


def _verdict(result: Validated, style: TextStyle) -> str:
    if any(found.severity is Severity.ERROR for found in result.findings.diagnostics):
        return ""
    counted = [count(result.functions, "function")] if result.functions or not result.layers else []
    counted += [count(result.layers, "layer")] if result.layers else []
    checked = f"{' and '.join(counted)} in {count(result.files, 'file')}"
    if not result.ok:
        return style.paint(f"Not valid: {checked}; warnings fail with --strict.", "red") + "\n"
    return style.paint(f"Valid: {checked}.", "green") + "\n"
