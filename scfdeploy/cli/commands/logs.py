"""`scfdeploy logs`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from scfdeploy.cli import collect_often
from scfdeploy.cli.arguments import cloud_options, make_request, parse_duration
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import Exit, ExitCode, UsageError
from scfdeploy.cli.groups import ConnectionOptions, DisplayOptions, ProjectOptions
from scfdeploy.cli.output import OutputOptions, run_and_exit, show
from scfdeploy.diagnostics import message
from scfdeploy.results.logs import LogList

if TYPE_CHECKING:
    import typer

    from scfdeploy.cli import options
    from scfdeploy.providers.clock import Clock

app = CommandApp()


@app.command()
def logs(
    name: Annotated[
        str,
        typer.Argument(metavar="[NAME]", help="`name` or `namespace/name`; all functions of the project if omitted."),
    ] = "",
    *,
    clock: Clock | None = None,
    request_id: Annotated[
        str, typer.Option("--request", metavar="ID", help="Only this request; the beginning of its id is enough.")
    ] = "",
    since: options.Since = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only runs that failed.")] = False,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for further runs until Ctrl-C.")] = False,
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.LogOutput = "text",
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """Show what functions printed, by request: time, status, duration, memory, result and lines.

    Reads what the local server keeps, or in the cloud the CLS topic of the function; there, without --since, the last
    15 minutes.
    """
    from scfdeploy.operations.logs import Selection, follow_logs, read_logs

    if not re.fullmatch(r"[0-9A-Za-z-]*", request_id):
        raise UsageError(message("--request takes a request id, not {text}", text=repr(request_id)))
    if follow and output == "json":
        raise UsageError(message("--follow cannot be combined with --format json; use --format jsonl"))
    seconds = parse_duration("--since", since) if since is not None else None
    selection = Selection(name, request_id, seconds, failed)
    request = make_request(path, **project._asdict())
    cloud = cloud_options(clock=clock, **connection._asdict())
    screen = OutputOptions("logs", output, *display)

    def read() -> LogList:
        if not follow:
            return read_logs(request, cloud, selection)
        collect_often()
        try:
            follow_logs(request, cloud, selection, lambda result: show(screen, result))
        except KeyboardInterrupt as interrupt:  # the usual end: nothing to report
            raise Exit(ExitCode.INTERRUPTED) from interrupt

    run_and_exit(screen, read, lambda _: ExitCode.DONE)
