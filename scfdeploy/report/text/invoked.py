"""The result of `invoke`: the value or error of the function, its log, duration and memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.facts.errors import status_code
from scfdeploy.providers.invocation import HttpResponse, Invocation
from scfdeploy.report.humanize import enumeration, size
from scfdeploy.report.terminal import safe, safe_lines
from scfdeploy.report.text.style import TextStyle
from scfdeploy.report.values import to_json
from scfdeploy.results.invoked import Invoked

_SUCCESS = 200
_FIRST_FAILURE = 400


def render_invoked(result: Invoked, style: TextStyle) -> str:
    """The value or error, the log, and the figures; empty if the call was not made."""
    if result.invocation is None:
        return ""
    if result.asynchronous and result.invocation.error is None:
        from scfdeploy.report.text.events import accepted_lines

        return "\n".join(accepted_lines(result, result.invocation.request_id)) + "\n"
    return "\n".join(_lines(result, result.invocation, style)) + "\n"


def _lines(result: Invoked, invocation: Invocation, style: TextStyle) -> Iterator[str]:
    log = safe_lines(invocation.log)
    if result.http is not None:
        yield from _response(result.http, style, shows_headers=result.shows_headers)
    if invocation.error is not None and not _is_response_of_function(result):
        yield from _error(invocation, invocation.error, style)
        log = _without(log, safe_lines(invocation.error[2]))
    elif result.http is not None:
        yield from _body(result.http)
    elif invocation.error is None:
        yield from safe_lines(json.dumps(to_json(invocation.result), ensure_ascii=False, indent=2))
    else:
        yield from _error(invocation, invocation.error, style)
        log = _without(log, safe_lines(invocation.error[2]))
    if any(log):
        yield ""
        yield style.paint(message("Log:"), "bold")
        yield from (f"  {line}".rstrip() for line in log)
    yield ""
    yield style.paint(_figures(invocation, has_status=result.http is None), "dim")
    if invocation.error is not None and not _is_response_of_function(result):
        yield message("Explain the status: {command}", command=f"scfdeploy explain {invocation.status_code}")


def _is_response_of_function(result: Invoked) -> bool:
    """Whether the function itself sent the response, whatever its status."""
    return result.http is not None and result.invocation is not None and result.invocation.status_code == _SUCCESS


def _response(response: HttpResponse, style: TextStyle, *, shows_headers: bool) -> Iterator[str]:
    """The status, and the headers: all, or only the target of a redirect."""
    has_failed = response.status >= _FIRST_FAILURE
    status = f"HTTP {response.status} {safe(response.reason)}".rstrip()
    yield style.paint(status, "red" if has_failed else "green", "bold")
    headers = [header for header in response.headers if shows_headers or header[0].lower() == "location"]
    for name, value in headers:
        yield f"{style.paint(safe(name), 'dim')}: {safe(value)}"
    if any(name.lower() == "location" for name, _ in headers):
        yield message("Redirects are not followed.")


def _body(response: HttpResponse) -> Iterator[str]:
    if not response.body:
        return
    yield ""
    try:
        yield from safe_lines(response.body.decode().rstrip("\n"))
    except UnicodeDecodeError:
        content_type = response.header("Content-Type") or message("unknown type")
        yield message("({size} of {type})", size=size(len(response.body)), type=safe(content_type))


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


def _figures(invocation: Invocation, *, has_status: bool) -> str:
    parts = [message("status {code}", code=invocation.status_code)] if has_status else []
    if invocation.duration_ms is not None:
        parts.append(f"{invocation.duration_ms:.1f} ms")
    if invocation.memory_mb is not None:
        parts.append(f"{invocation.memory_mb:.1f} MB")
    if invocation.request_id:
        parts.append(message("request id {id}", id=safe(invocation.request_id)))
    return enumeration(parts)
