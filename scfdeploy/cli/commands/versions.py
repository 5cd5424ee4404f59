"""`scfdeploy versions`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scfdeploy.cli.arguments import cloud_options, make_request
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import ExitCode
from scfdeploy.cli.groups import ConnectionOptions, DisplayOptions, ProjectOptions
from scfdeploy.cli.output import OutputOptions, run_and_exit
from scfdeploy.operations.status import versions as use_case

if TYPE_CHECKING:
    from scfdeploy.cli import options
    from scfdeploy.providers.clock import Clock

app = CommandApp()


@app.command()
def versions(
    name: options.FunctionArgument = "",
    *,
    clock: Clock | None = None,
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """List the published versions of a function and the aliases that point to each."""
    request = make_request(path, **project._asdict())
    cloud = cloud_options(clock=clock, **connection._asdict())
    screen = OutputOptions("versions", output, *display)
    run_and_exit(screen, lambda: use_case(request, cloud, name), lambda _: ExitCode.DONE)
