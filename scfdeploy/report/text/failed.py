"""A command that ended with an error."""

from __future__ import annotations

from scfdeploy.diagnostics import message
from scfdeploy.report.terminal import gap_after, safe_lines, width
from scfdeploy.report.text.style import TextStyle
from scfdeploy.results import Failed


def render_failed(result: Failed, style: TextStyle) -> str:
    """`error: …`, the request id of a failed call, and `hint: …`."""
    lines = _labelled(message("error:"), result.message, style, "red", "bold")
    if result.request_id:
        lines.extend(message("request id: {id}", id=line) for line in safe_lines(result.request_id))
    if result.hint:
        lines += _labelled(message("hint:"), result.hint, style, "cyan")
    return "\n".join(lines) + "\n"


def _labelled(label: str, text: str, style: TextStyle, *styles: str) -> list[str]:
    first, *rest = safe_lines(text) or [""]
    indent = " " * width(label) + gap_after(label)
    lines = style.lines(style.labelled(label, first, *styles), hanging=indent)
    return lines + [line for more in rest for line in style.lines(more, indent)]
