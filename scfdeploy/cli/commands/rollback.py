"""`scfdeploy rollback`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from scfdeploy.cli.approval import run_alias_change
from scfdeploy.cli.arguments import cloud_options, make_request
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.groups import ConnectionOptions, DisplayOptions, ProjectOptions
from scfdeploy.cli.output import OutputOptions
from scfdeploy.operations.alias.target import rollback as use_case

if TYPE_CHECKING:
    import typer

    from scfdeploy.cli import options
    from scfdeploy.providers.clock import Clock

app = CommandApp()


@app.command()
def rollback(
    name: options.FunctionArgument = "",
    *,
    clock: Clock | None = None,
    alias: Annotated[
        str,
        typer.Option("--alias", metavar="NAME", help="Alias; defaults to the alias in the file, or $DEFAULT."),
    ] = "",
    to: Annotated[str, typer.Option("--to", metavar="V", help="Version; defaults to the previous one.")] = "",
    yes: options.Yes = False,
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """Point an alias back to the previous version. Shows the plan and asks for approval first."""
    request = make_request(path, **project._asdict())
    cloud = cloud_options(clock=clock, **connection._asdict())
    screen = OutputOptions("rollback", output, *display)
    run_alias_change(screen, lambda hooks: use_case(request, cloud, name, alias=alias, to=to, hooks=hooks), yes=yes)
