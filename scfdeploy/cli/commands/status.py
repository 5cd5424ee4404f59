"""`scfdeploy status`."""

from __future__ import annotations

import typer

from scfdeploy.cli import options
from scfdeploy.cli.arguments import cloud_options, make_request
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exit_codes import ExitCode
from scfdeploy.cli.groups import ConnectionOptions, DisplayOptions, ProjectOptions, expand_groups
from scfdeploy.cli.output import OutputOptions, parse_reports, run_and_exit
from scfdeploy.operations.status import status as use_case
from scfdeploy.results import StatusReport

app = CommandApp()


@app.command()
@expand_groups
def status(
    context: typer.Context,
    path: options.PathArgument = ".",
    *,
    project: ProjectOptions,
    skip_unsupported: options.SkipUnsupported = False,
    output: options.OutputFormat = "text",
    report: options.Reports = None,
    parallelism: options.Parallelism = 32,
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """Show deployed functions and layers with state, triggers and URLs, and how they differ from the files."""
    request = make_request(path, **project._asdict(), skip_unsupported=skip_unsupported)
    cloud = cloud_options(clock=context.obj, **connection._asdict(), parallelism=parallelism)
    run_and_exit(
        OutputOptions("status", output, *display, parse_reports(report)), lambda: use_case(request, cloud), _exit_code
    )


def _exit_code(result: StatusReport) -> ExitCode:
    return ExitCode.DONE if result.ok else ExitCode.INVALID
