"""`scfdeploy doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scfdeploy.cli.arguments import cloud_options, make_request
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.groups import ConnectionOptions, DisplayOptions, ProjectOptions
from scfdeploy.cli.output import OutputOptions, done_if_ok, run_and_exit

if TYPE_CHECKING:
    from scfdeploy.cli import options
    from scfdeploy.providers.clock import Clock

app = CommandApp()


@app.command()
def doctor(
    path: options.PathArgument = ".",
    *,
    clock: Clock | None = None,
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """Find problems with credentials, permissions, network, clock, programs and disk space.

    Changes nothing. Exits with 1 if something prevents plan or apply. Works without network, and without a project.
    """
    from scfdeploy.operations.doctor import examine

    request = make_request(path, **project._asdict())
    cloud = cloud_options(clock=clock, **connection._asdict())
    run_and_exit(OutputOptions("doctor", output, *display), lambda: examine(request, cloud), done_if_ok)
