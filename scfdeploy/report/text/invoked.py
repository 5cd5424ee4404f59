"""The result of `invoke`: the value or error of the function, its log, duration and memory."""

from __future__ import annotations

import json
from collections.abc import Iterator

from scfdeploy.diagnostics import message
from scfdeploy.providers.base import Invocation
from scfdeploy.report.terminal import safe, safe_lines
from scfdeploy.report.text.style import TextStyle
from scfdeploy.report.values import to_json
from scfdeploy.results import Invoked


def render_invoked(result: Invoked, style: TextStyle) -> str:
    """The value or error, the log, and the figures; empty if the call was not made."""
    if result.invocation is None:
        return ""
    if result.asynchronous and result.invocation.error is None:
        from scfdeploy.report.text.events import accepted_lines

        return "\n".join(accepted_lines(result, result.invocation.request_id)) + "\n"
    return "\n".join(_lines(result.invocation, style)) + "\n"


def _lines(invocation: Invocation, style: TextStyle) -> Iterator[str]:
    if invocation.error is None:
        yield from safe_lines(json.dumps(to_json(invocation.result), ensure_ascii=False, indent=2))
    else:
        yield from _error(invocation.error, style)
    if invocation.log.strip():
        yield ""
        yield style.paint(message("Log:"), "bold")
        yield from (f"  {line}".rstrip() for line in safe_lines(invocation.log))
    yield ""
    yield style.paint(_figures(invocation), "dim")


def _error(error: tuple[str, str, str], style: TextStyle) -> Iterator[str]:
    kind, text, trace = error
    first, *rest = safe_lines(text) or [""]
    yield f"{style.paint(f'{safe(kind)}:' if kind else message('error:'), 'red', 'bold')} {first}"
    yield from rest
    if trace.strip():
        yield from (f"  {line}" for line in safe_lines(trace))


def _figures(invocation: Invocation) -> str:
    parts = [message("status {code}", code=invocation.status_code)]
    if invocation.duration_ms is not None:
        parts.append(f"{invocation.duration_ms:.1f} ms")
    if invocation.memory_mb is not None:
        parts.append(f"{invocation.memory_mb:.1f} MB")
    if invocation.request_id:
        parts.append(message("request id {id}", id=safe(invocation.request_id)))
    return ", ".join(parts)
