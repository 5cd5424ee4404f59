"""The last word of `validate`; the findings themselves are shown apart."""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.report.humanize import count
from scfdeploy.report.terminal import safe
from scfdeploy.report.text.style import Look
from scfdeploy.results import Validated


def render_validated(result: Validated, look: Look) -> str:
    """What was checked and whether it may be deployed; nothing when errors were found, which then say enough."""
    mended = "".join(f"Fixed {count(places, 'place')} in {safe(file)}.\n" for file, places in result.fixed.items())
    return mended + _verdict(result, look)


def _verdict(result: Validated, look: Look) -> str:
    if any(found.severity is Severity.ERROR for found in result.findings.diagnostics):
        return ""
    counted = [count(result.functions, "function")] if result.functions or not result.layers else []
    counted += [count(result.layers, "layer")] if result.layers else []
    checked = f"{' and '.join(counted)} in {count(result.files, 'file')}"
    if not result.ok:
        return look.paint(f"Not valid: {checked}; warnings fail with --strict.", "red") + "\n"
    return look.paint(f"Valid: {checked}.", "green") + "\n"
