"""`scfdeploy status`."""

from __future__ import annotations

import typer

from scfdeploy.cli import options
from scfdeploy.cli.arguments import cloud, request
from scfdeploy.cli.exit_codes import ExitCode
from scfdeploy.cli.output import OutputOptions, run_and_exit
from scfdeploy.cli.reports import reports
from scfdeploy.operations.status import status as use_case
from scfdeploy.results import StatusReport

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def status(
    context: typer.Context,
    path: options.PathArgument = ".",
    *,
    stage: options.Stage = None,
    region: options.Region = None,
    var: options.Variables = None,
    env_file: options.EnvFile = None,
    skip_unsupported: options.SkipUnsupported = False,
    profile: options.Profile = None,
    output: options.OutputFormat = options.Format.TEXT,
    report: options.Reports = None,
    parallelism: options.Parallelism = 32,
    local: options.Local = False,
    endpoint: options.Endpoint = None,
    insecure: options.Insecure = False,
    no_color: options.NoColor = False,
    debug: options.Debug = False,
) -> None:
    """Show what is in the cloud now: functions, state, triggers, URLs, and how they differ from the file."""
    asked = request(
        path, stage=stage, region=region, variables=var, env_file=env_file, skip_unsupported=skip_unsupported
    )
    where = cloud(
        clock=context.obj, local=local, endpoint=endpoint, insecure=insecure, profile=profile, parallelism=parallelism
    )
    run_and_exit(
        OutputOptions("status", output, no_color, debug, reports(report)), lambda: use_case(asked, where), _exit_code
    )


def _exit_code(result: StatusReport) -> ExitCode:
    return ExitCode.DONE if result.ok else ExitCode.INVALID
