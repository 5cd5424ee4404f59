"""`invoke`: call a function."""

from __future__ import annotations

from dataclasses import dataclass

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.operations.emulator import Emulator, find_emulator
from scfdeploy.operations.events import advance, event_info, timeline_of
from scfdeploy.operations.request import CloudOptions, Request, server_options
from scfdeploy.operations.resolve_function import resolve_function
from scfdeploy.results import EventsRun, Findings, Invoked


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the function with this name, in a form that `resolve_function` accepts; `event` is JSON."""

    name: str
    event: str
    qualifier: str = "$DEFAULT"
    asynchronous: bool = False
    wait: bool = False
    """Whether virtual time passes until the event ends."""


def invoke(request: Request, cloud: CloudOptions, call: Call) -> Invoked:
    """Call a function in the project's region, or in `--region`. Raises ScfDeployError if it cannot be called.

    On a local server the first attempt of an asynchronous event runs, and with `wait` all attempts.
    """
    emulator = find_emulator(request, cloud) if call.asynchronous else None
    if call.wait and emulator is None:
        raise ScfDeployError(
            message("--wait needs virtual time, which this server does not have"),
            hint=message("Use it with --local or the --endpoint of `scfdeploy emulator`."),
        )
    function = resolve_function(request, cloud, call.name)
    invocation = function.provider.invoke(
        function.address, call.event, qualifier=call.qualifier, asynchronous=call.asynchronous
    )
    invoked = Invoked(Findings(), invocation.error is None, str(function.address), invocation, call.asynchronous)
    if not call.asynchronous:
        return invoked
    options = server_options(request, cloud)
    if emulator is None:
        named = "" if function.project else f"--function {function.address.namespace}/{function.address.function}"
        return invoked._replace(options=" ".join(filter(None, (named, options))))
    ran = _wait(emulator, invocation.request_id) if call.wait else None
    path = "events/show" if call.wait else "events/begin"
    answer = emulator.control.post(path, {"id": invocation.request_id})
    event, timeline = event_info(answer["event"]), timeline_of(answer["steps"])
    if ran is not None and not any(entry.request_id == event.request_id for entry in ran.timeline):
        # In real time it had ended before time was advanced.
        ends = {**ran.ends, event.status: ran.ends.get(event.status, 0) + 1}
        ran = ran._replace(timeline=[*timeline, *ran.timeline], events=ran.events + 1, ends=ends)
    is_done = ran is None or event.status == "finished"
    return invoked._replace(ok=is_done, event=event, timeline=timeline, ran=ran, options=options)


def _wait(emulator: Emulator, request_id: str) -> EventsRun:
    return advance(emulator, {"until": "ended", "event": request_id, "steps": "all"})
