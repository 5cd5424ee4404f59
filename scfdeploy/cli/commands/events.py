"""`scfdeploy events`: asynchronous events of functions."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from scfdeploy.cli import options
from scfdeploy.cli.arguments import cloud_options, make_request, parse_duration
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import UsageError
from scfdeploy.cli.groups import ConnectionOptions, DisplayOptions, EmulatorOptions, ProjectOptions
from scfdeploy.cli.output import OutputOptions, Report, done_if_ok, parse_reports, run_and_exit
from scfdeploy.diagnostics import message
from scfdeploy.operations.request import CloudOptions, Request

if TYPE_CHECKING:
    from scfdeploy.providers.clock import Clock
    from scfdeploy.results.events import EventResult

app = CommandApp(no_args_is_help=True, help="Show, count and cancel asynchronous events, and let virtual time pass.")
_EventId = Annotated[str, typer.Argument(metavar="ID", help="The request id; its beginning is enough if it is unique.")]
_EventFunction = Annotated[
    str, typer.Option("--function", metavar="NAME", help="The function, if it is not in the project.")
]
_AnyFunction = Annotated[
    str, typer.Argument(metavar="[NAME]", help="`name` or `namespace/name`; by default all functions.")
]


class EventStatus(StrEnum):
    """The statuses that --status selects."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    ABORTED = "aborted"
    DEAD_LETTERED = "dead-lettered"
    DROPPED = "dropped"
    LOST = "lost"


class Until(StrEnum):
    """When `events run` stops."""

    IDLE = "idle"


@app.command("list")
def list_events(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Only events of this function.")] = "",
    *,
    clock: Clock | None = None,
    status: Annotated[
        list[EventStatus] | None,
        typer.Option(
            "--status",
            metavar="S",
            help="Only events with this status: waiting, running, finished, failed, aborted, dead-lettered, dropped or"
            " lost; repeatable.",
        ),
    ] = None,
    since: options.Since = None,
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """List events in the order of acceptance."""
    from scfdeploy.operations import events

    statuses = [entry.value for entry in status or ()]
    seconds = parse_duration("--since", since) if since is not None else None
    call = partial(events.list_events, name=name, statuses=statuses, since_s=seconds)
    cloud = cloud_options(clock=clock, **connection._asdict())
    _run("events list", path, project, output, cloud, display, call)


@app.command()
def show(
    event_id: _EventId,
    *,
    clock: Clock | None = None,
    function: _EventFunction = "",
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    html: options.Html = None,
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """Show an event: attempts with logs, deliveries, end."""
    from scfdeploy.operations import events

    cloud = cloud_options(clock=clock, **connection._asdict())
    call = partial(events.show, event_id=event_id, function=function)
    _run("events show", path, project, output, cloud, display, call, parse_reports(None, html))


@app.command()
def stats(
    name: _AnyFunction = "",
    *,
    clock: Clock | None = None,
    since: options.Since = None,
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """Count events by hour and status.

    Also shows waiting times, retries, throttles and failed deliveries.
    """
    from scfdeploy.operations import event_stats

    seconds = parse_duration("--since", since) if since is not None else None
    cloud = cloud_options(clock=clock, **connection._asdict())
    call = partial(event_stats.stats, name=name, since_s=seconds)
    _run("events stats", path, project, output, cloud, display, call)


@app.command()
def cancel(
    event_id: _EventId,
    *,
    clock: Clock | None = None,
    now: Annotated[bool, typer.Option("--now", help="Kill the instance at once, without SIGTERM.")] = False,
    function: _EventFunction = "",
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """End an event that has not ended."""
    from scfdeploy.operations import events

    cloud = cloud_options(clock=clock, **connection._asdict())
    call = partial(events.cancel, event_id=event_id, now=now, function=function)
    _run("events cancel", path, project, output, cloud, display, call)


@app.command()
def pull(
    name: _AnyFunction = "",
    *,
    clock: Clock | None = None,
    to: Annotated[str, typer.Option("--to", metavar="FILE", help="The file to append to, one JSON document a line.")],
    since: options.Since = None,
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """Append the events that a file does not have yet.

    The cloud keeps their records for three days only.
    """
    from scfdeploy.operations import event_archive

    seconds = parse_duration("--since", since) if since is not None else None
    cloud = cloud_options(clock=clock, **connection._asdict())
    call = partial(event_archive.pull, name=name, file=to, since_s=seconds)
    _run("events pull", path, project, output, cloud, display, call)


@app.command()
def run(
    *,
    duration: Annotated[
        str | None, typer.Option("--for", metavar="D", help="Let this much time pass, such as 10m.")
    ] = None,
    until: Annotated[
        Until | None, typer.Option("--until", metavar="idle", help="Until no event waits; the default.")
    ] = None,
    step: Annotated[bool, typer.Option("--step", help="Go to the next due time.")] = False,
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    emulator: EmulatorOptions,
    display: DisplayOptions,
) -> None:
    """Let virtual time pass on the local server."""
    from scfdeploy.operations import events

    if sum((duration is not None, until is not None, step)) > 1:
        raise UsageError(message("only one of --for, --until and --step can be given"))
    seconds = parse_duration("--for", duration) if duration is not None else None
    cloud = cloud_options(**emulator.as_arguments())
    call = partial(events.run, seconds=seconds, step=step)
    _run("events run", path, project, output, cloud, display, call)


def _run(
    command: str,
    path: str,
    project: ProjectOptions,
    output: str,
    cloud: CloudOptions,
    display: DisplayOptions,
    use_case: Callable[[Request, CloudOptions], EventResult],
    reports: tuple[Report, ...] = (),
) -> None:
    request = make_request(path, **project._asdict())
    screen = OutputOptions(command, output, *display, reports)
    run_and_exit(screen, lambda: use_case(request, cloud), done_if_ok)
