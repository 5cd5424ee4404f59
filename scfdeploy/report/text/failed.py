"""A command that ended with an error."""

from __future__ import annotations

from scfdeploy.diagnostics import message
from scfdeploy.report.terminal import safe_lines
from scfdeploy.report.text.style import TextStyle
from scfdeploy.results import Failed


def render_failed(result: Failed, style: TextStyle) -> str:
    """`error: …`, the request id of a failed call, and `hint: …`."""
    first, *rest = safe_lines(result.message) or [""]
    lines = [f"{style.paint(message('error:'), 'red', 'bold')} {first}", *(f"       {line}" for line in rest)]
    if result.request_id:
        lines.extend(message("request id: {id}", id=line) for line in safe_lines(result.request_id))
    if result.hint:
        first, *rest = safe_lines(result.hint)
        lines += [f"{style.paint(message('hint:'), 'cyan')} {first}", *(f"      {line}" for line in rest)]
    return "\n".join(lines) + "\n"
