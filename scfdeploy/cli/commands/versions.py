"""`scfdeploy versions`."""

from __future__ import annotations

import typer

from scfdeploy.cli import options
from scfdeploy.cli.arguments import cloud_options, make_request
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exit_codes import ExitCode
from scfdeploy.cli.groups import ConnectionOptions, DisplayOptions, ProjectOptions, expand_groups
from scfdeploy.cli.output import OutputOptions, run_and_exit
from scfdeploy.operations.status import versions as use_case

app = CommandApp()


@app.command()
@expand_groups
def versions(
    context: typer.Context,
    name: options.FunctionArgument = "",
    *,
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """List the published versions of a function and the aliases that point to each."""
    request = make_request(path, **project._asdict())
    cloud = cloud_options(clock=context.obj, **connection._asdict())
    screen = OutputOptions("versions", output, *display)
    run_and_exit(screen, lambda: use_case(request, cloud, name), lambda _: ExitCode.DONE)
