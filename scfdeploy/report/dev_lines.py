"""The lines of `dev`: deployments, local URLs, requests, and what can be typed."""

from __future__ import annotations

import json
from collections.abc import Iterator

from scfdeploy.apply import Outcome, Status
from scfdeploy.diagnostics import message
from scfdeploy.model import Address
from scfdeploy.model.resource_kind import FUNCTION
from scfdeploy.plan import Action, Change
from scfdeploy.report.actions import completed
from scfdeploy.report.humanize import plural
from scfdeploy.report.terminal import safe, safe_lines
from scfdeploy.report.text.failed import render_failed
from scfdeploy.report.text.findings import render_findings
from scfdeploy.report.text.render import RenderedOutput
from scfdeploy.report.text.style import TextStyle
from scfdeploy.report.values import to_json
from scfdeploy.results import Applied, Failed
from scfdeploy.results.dev import (
    DebuggerReady,
    DevEvent,
    Failure,
    HelpShown,
    Redeployed,
    Rejected,
    RequestEnded,
    TimersFired,
    UrlReady,
)

_SUCCESS = 200
_SERVER_ERROR = 500
_SHORT_ID = 8
_MOST_RESULT_CHARS = 2000
_CODE = "src"


def render_dev_event(event: DevEvent, style: TextStyle) -> RenderedOutput:
    """The text of an event for stdout, and for stderr what has to be fixed."""
    return RenderedOutput(*("".join(f"{line}\n" for line in lines(event, style)) for lines in (_news, _problems)))


def _news(event: DevEvent, style: TextStyle) -> Iterator[str]:
    match event:
        case Redeployed():
            yield from _deployed(event, style)
        case UrlReady(url):
            yield message("ready: {url}", url=safe(url))
        case RequestEnded():
            yield from _request(event, style)
        case TimersFired(function, timers):
            names = ", ".join(map(safe, timers))
            yield message("{function}: timer {names} fired", function=safe(function), names=names)
        case DebuggerReady(configurations):
            yield message("To debug, add these to `configurations` in .vscode/launch.json:")
            yield from json.dumps(configurations, indent=2, ensure_ascii=False).splitlines()
        case HelpShown():
            yield message("t NAME [TIMER]     fire the timers of a function, or one of them")
            yield message("i NAME [TEMPLATE]  call a function, with a test event")
            yield message("r                  deploy again")
            yield message("q                  stop, like Ctrl-C")


def _problems(event: DevEvent, style: TextStyle) -> Iterator[str]:
    match event:
        case Redeployed(applied):
            yield from render_findings(applied.findings, style).splitlines()
            yield from _failed_changes(applied, style)
        case Rejected(findings):
            yield from render_findings(findings, style).splitlines()
        case Failure(text, hint, findings):
            yield from render_findings(findings, style).splitlines()
            yield from _error(text, hint, style)


def _deployed(event: Redeployed, style: TextStyle) -> Iterator[str]:
    changes = {change.address: change for change in event.applied.plan.changes} if event.applied.plan else {}
    done = [outcome for outcome in event.applied.outcomes if outcome.status is Status.SUCCEEDED]
    took = f"{event.seconds:.2f} s"
    if event.is_first:
        functions = sum(outcome.address.kind is FUNCTION for outcome in done)
        text = plural(functions, "{number} function deployed", "{number} functions deployed")
        yield style.paint(message("{what} in {time}", what=text, time=took), "green")
        return
    for outcome in done:
        what = _what(outcome, changes.get(outcome.address))
        name = safe(_name(outcome.address))
        yield f"{style.paint(name, 'bold')}: {message('{what} in {time}', what=what, time=took)}"
    if event.is_fixed and not done:
        yield style.paint(message("errors fixed; nothing to deploy"), "green")


def _name(address: Address) -> str:
    if address.kind is FUNCTION:
        return address.function_name
    return str(address) if not address.function else f"{address.of.function_name} {address.kind.name} {address.name}"


def _what(outcome: Outcome, change: Change | None) -> str:
    if outcome.action is not Action.UPDATE or outcome.address.kind is not FUNCTION or change is None:
        return completed(outcome.action)
    settings = sorted({field.path for field in change.fields} - {_CODE})
    if not settings:
        return message("code updated")
    names = ", ".join(map(safe, settings))
    if len(settings) == len({field.path for field in change.fields}):
        return message("settings updated ({names})", names=names)
    return message("code and settings updated ({names})", names=names)


def _failed_changes(applied: Applied, style: TextStyle) -> Iterator[str]:
    for refusal in applied.plan.rejected if applied.plan is not None else ():
        yield from _error(f"{refusal.address}: {refusal.reason}", refusal.hint, style)
    for outcome in applied.outcomes:
        if outcome.error is not None:
            yield from _error(f"{outcome.address}: {outcome.error.message}", outcome.error.hint, style)


def _error(text: str, hint: str | None, style: TextStyle) -> Iterator[str]:
    yield from render_failed(Failed("dev", text, hint), style).splitlines()


def _request(event: RequestEnded, style: TextStyle) -> Iterator[str]:
    entry = event.entry
    is_ok = entry.status_code == _SUCCESS
    parts = []
    if event.method:
        status = style.paint(str(event.http_status), *(["red"] if event.http_status >= _SERVER_ERROR else []))
        parts.append(f"{safe(event.method)} {safe(event.path)} {status}")
    if not (event.method and is_ok):
        text = message("status {code}", code=entry.status_code)
        parts.append(text if is_ok else style.paint(text, "red"))
    parts += [f"{entry.duration_ms:.0f} ms"] if entry.duration_ms is not None else []
    parts += [message("retry {number}", number=entry.retries)] if entry.retries else []
    name = style.paint(safe(entry.function.function_name), "bold")
    request_id = style.paint(safe(entry.request_id[:_SHORT_ID]), "dim")
    yield f"{name}: {', '.join(parts)}  {request_id}"
    for line in entry.lines:
        yield from (f"  {each}".rstrip() for each in safe_lines(line))
    if is_ok and not event.method:
        value = json.dumps(to_json(entry.result), ensure_ascii=False)
        shown = value if len(value) <= _MOST_RESULT_CHARS else f"{value[:_MOST_RESULT_CHARS]}…"
        yield "  " + message("Result: {value}", value=safe(shown))
