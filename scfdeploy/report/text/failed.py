"""A command that ended with an error."""

from __future__ import annotations

from scfdeploy.diagnostics import message
from scfdeploy.report.terminal import safe_lines
from scfdeploy.report.text.style import TextStyle
from scfdeploy.results import Failed


def render_failed(result: Failed, style: TextStyle) -> str:
    """`error: …`, the request id of a failed call, and `hint: …`."""
    lines = _labelled(style.paint(message("error:"), "red", "bold"), result.message, " " * len("error: "), style)
    if result.request_id:
        lines.extend(message("request id: {id}", id=line) for line in safe_lines(result.request_id))
    if result.hint:
        lines += _labelled(style.paint(message("hint:"), "cyan"), result.hint, " " * len("hint: "), style)
    return "\n".join(lines) + "\n"


def _labelled(label: str, text: str, indent: str, style: TextStyle) -> list[str]:
    first, *rest = safe_lines(text) or [""]
    lines = style.lines(f"{label} {first}", hanging=indent)
    return lines + [line for more in rest for line in style.lines(more, indent)]
