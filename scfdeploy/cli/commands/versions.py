"""`scfdeploy versions`."""

from __future__ import annotations

import typer

from scfdeploy.cli import options
from scfdeploy.cli.arguments import cloud, request
from scfdeploy.cli.exit_codes import ExitCode
from scfdeploy.cli.output import OutputOptions, run_and_exit
from scfdeploy.operations.versions import versions as use_case

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def versions(
    context: typer.Context,
    name: options.FunctionArgument = "",
    *,
    path: options.ProjectPath = ".",
    stage: options.Stage = None,
    region: options.Region = None,
    var: options.Variables = None,
    env_file: options.EnvFile = None,
    profile: options.Profile = None,
    output: options.OutputFormat = options.Format.TEXT,
    local: options.Local = False,
    endpoint: options.Endpoint = None,
    insecure: options.Insecure = False,
    no_color: options.NoColor = False,
    debug: options.Debug = False,
) -> None:
    """List the published versions of a function, and which aliases lead there."""
    asked = request(path, stage=stage, region=region, variables=var, env_file=env_file)
    where = cloud(clock=context.obj, local=local, endpoint=endpoint, insecure=insecure, profile=profile)
    screen = OutputOptions("versions", output, no_color, debug)
    run_and_exit(screen, lambda: use_case(asked, where, name), lambda _: ExitCode.DONE)
