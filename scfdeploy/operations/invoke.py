"""`invoke`: call a function."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.operations.request import CloudOptions, Request, server_options
from scfdeploy.operations.resolve_function import ResolvedFunction, describe_missing, resolve_function
from scfdeploy.records import dataclass
from scfdeploy.results import Findings
from scfdeploy.results.invoked import Invoked

if TYPE_CHECKING:  # `invoke` without --async needs no control paths
    from scfdeploy.operations.emulator import Emulator
    from scfdeploy.providers.invocation import HttpRequest


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the function with this name, in a form that `resolve_function` accepts."""

    name: str
    event: str = ""
    """JSON; if empty, an empty object."""

    qualifier: str = "$DEFAULT"
    asynchronous: bool = False
    wait: bool = False
    """Whether virtual time passes until the event ends."""

    http: HttpRequest | None = None
    """The request to the function's URL; None to send the event, unless it is a web function."""

    shows_headers: bool = False


def invoke(request: Request, cloud: CloudOptions, call: Call) -> Invoked:
    """Call a function in the project's region, or in `--region`. Raises ScfDeployError if it cannot be called.

    On a local server the first attempt of an asynchronous event runs, and with `wait` all attempts.
    """
    if call.asynchronous:
        return _invoke_later(request, cloud, call)
    function = resolve_function(request, cloud, call.name)
    if call.http is not None or _is_web(function):
        return _invoke_url(request, cloud, function, call)
    with describe_missing(function.address, function.region, function.project):
        invocation = function.provider.invoke(
            function.address, call.event or "{}", qualifier=call.qualifier, asynchronous=False
        )
    return Invoked(Findings(), invocation.error is None, str(function.address), invocation)


def _is_web(function: ResolvedFunction) -> bool:
    """Whether the file says that this is a web function."""
    specs = function.project.functions if function.project else ()
    return any(spec.address == function.address and spec.settings.get("type") == "web" for spec in specs)


def _invoke_url(request: Request, cloud: CloudOptions, function: ResolvedFunction, call: Call) -> Invoked:
    from scfdeploy.operations.urls.call import invoke_url
    from scfdeploy.providers.invocation import HttpRequest

    http = call.http
    if http is None:
        if call.event:
            raise ScfDeployError(
                message("{address} is a web function and takes no events", address=function.address),
                hint=message("Use --method, --path, --header and --body."),
            )
        http = HttpRequest()
    invoked = invoke_url(request, cloud, function, http, qualifier=call.qualifier)
    return invoked._replace(shows_headers=call.shows_headers)


def _invoke_later(request: Request, cloud: CloudOptions, call: Call) -> Invoked:
    from scfdeploy.operations.emulator import find_emulator

    emulator = find_emulator(request, cloud, call.name)
    if call.wait and emulator is None:
        raise ScfDeployError(
            message("--wait needs virtual time, which this server does not have"),
            hint=message("Use it with --local or the --endpoint of `scfdeploy emulator`."),
        )
    function = resolve_function(request, cloud, call.name)
    with describe_missing(function.address, function.region, function.project):
        invocation = function.provider.invoke(
            function.address, call.event or "{}", qualifier=call.qualifier, asynchronous=True
        )
    address, options = function.address, server_options(request, cloud)
    invoked = Invoked(Findings(), True, str(address), invocation, asynchronous=True, options=options)
    if emulator is not None:
        return _follow(emulator, invoked, invocation.request_id, wait=call.wait)
    named = "" if function.project else f"--function {address.namespace}/{address.function}"
    return invoked._replace(options=" ".join(filter(None, (named, options))))


def _follow(emulator: Emulator, invoked: Invoked, request_id: str, *, wait: bool) -> Invoked:
    """Run the first attempt of an accepted event, or with `wait` all of them."""
    from scfdeploy.operations.events import advance, event_info, timeline_of

    ran = advance(emulator, {"until": "ended", "event": request_id, "steps": "all"}) if wait else None
    answer = emulator.control.post("events/show" if wait else "events/begin", {"id": request_id})
    event, timeline = event_info(answer["event"]), timeline_of(answer["steps"])
    if ran is not None and not any(entry.request_id == request_id for entry in ran.timeline):
        # In real time it had ended before time was advanced.
        ends = {**ran.ends, event.status: ran.ends.get(event.status, 0) + 1}
        ran = ran._replace(timeline=[*timeline, *ran.timeline], events=ran.events + 1, ends=ends)
    is_done = ran is None or event.status == "finished"
    return invoked._replace(ok=is_done, event=event, timeline=timeline, ran=ran)


def read_event(file: str) -> str:
    """The event in a JSON file, or with `-` on standard input. Raises ScfDeployError if it cannot be read."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or message("it is not UTF-8 text")
        raise ScfDeployError(
            message("the event file {file} cannot be read: {reason}", file=file, reason=reason),
            hint=message("Check the path; `-` reads standard input."),
        ) from error
    return require_json(text, message("the event in {file}", file=file))


def read_body(text: str) -> bytes:
    """The body of a request: `@FILE` is the content of a file, `@-` standard input. Raises ScfDeployError."""
    if not text.startswith("@"):
        return text.encode()
    file = text[1:]
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise ScfDeployError(
            message("the body {file} cannot be read: {reason}", file=file, reason=error.strerror),
            hint=message("Check the path; `@-` reads standard input."),
        ) from error


def require_json(text: str, source: str) -> str:
    """The text, if it is JSON. Raises ScfDeployError otherwise."""
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ScfDeployError(
            message("{source} is not JSON: {error}", source=source, error=error),
            hint=message('Write JSON, such as {"name": "World"}.'),
        ) from error
    return text
