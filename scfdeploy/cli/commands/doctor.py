"""`scfdeploy doctor`."""

from __future__ import annotations

import typer

from scfdeploy.cli import options
from scfdeploy.cli.arguments import cloud_options, make_request
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.groups import ConnectionOptions, DisplayOptions, ProjectOptions, expand_groups
from scfdeploy.cli.output import OutputOptions, done_if_ok, run_and_exit

app = CommandApp()


@app.command()
@expand_groups
def doctor(
    context: typer.Context,
    path: options.PathArgument = ".",
    *,
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
    cloud = cloud_options(clock=context.obj, **connection._asdict())
    run_and_exit(OutputOptions("doctor", output, *display), lambda: examine(request, cloud), done_if_ok)
