"""The result of `invoke`: the value or error of the function, its log, duration and memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.facts import status_code
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
    log = safe_lines(invocation.log)
    if invocation.error is None:
        yield from safe_lines(json.dumps(to_json(invocation.result), ensure_ascii=False, indent=2))
    else:
        yield from _error(invocation, invocation.error, style)
        log = _without(log, safe_lines(invocation.error[2]))
    if any(log):
        yield ""
        yield style.paint(message("Log:"), "bold")
        yield from (f"  {line}".rstrip() for line in log)
    yield ""
    yield style.paint(_figures(invocation), "dim")
    if invocation.error is not None:
        yield message("Explain the status: {command}", command=f"scfdeploy explain {invocation.status_code}")


def _error(invocation: Invocation, error: tuple[str, str, str], style: TextStyle) -> Iterator[str]:
    """The name of the status, the error and its traceback."""
    kind, text, trace = error
    status = status_code(invocation.status_code)
    name = status.name if status is not None else ""
    yield style.paint(f"{invocation.status_code} {name}".rstrip(), "red", "bold")
    first, *rest = safe_lines(text) or [""]
    label = f"{safe(kind)}: " if kind and kind != name else ""
    yield f"{style.paint(label, 'red')}{first}" if label else first
    yield from rest
    if trace.strip() and trace.strip() not in text:
        yield from (f"  {line}" for line in safe_lines(trace))


def _without(log: Sequence[str], trace: Sequence[str]) -> list[str]:
    """The log without the traceback, which is printed above it. A long log can begin within the traceback."""
    log_lines, trace_lines = [line.strip() for line in log], [line.strip() for line in trace]
    if not any(trace_lines):
        return list(log)
    for start in range(len(log_lines)):
        if log_lines[start : start + len(trace_lines)] == trace_lines:
            return [*log[:start], *log[start + len(trace_lines) :]]
    for skipped in range(1, len(trace_lines)):
        rest = trace_lines[skipped:]
        # The first line of the log can be the end of a line of the traceback.
        if log_lines[1 : len(rest) + 1] == rest and trace_lines[skipped - 1].endswith(log_lines[0]):
            return list(log[len(rest) + 1 :])
    return list(log)


def _figures(invocation: Invocation) -> str:
    parts = [message("status {code}", code=invocation.status_code)]
    if invocation.duration_ms is not None:
        parts.append(f"{invocation.duration_ms:.1f} ms")
    if invocation.memory_mb is not None:
        parts.append(f"{invocation.memory_mb:.1f} MB")
    if invocation.request_id:
        parts.append(message("request id {id}", id=safe(invocation.request_id)))
    return ", ".join(parts)
