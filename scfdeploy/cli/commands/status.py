"""`scfdeploy status`."""

from __future__ import annotations

import typer

from scfdeploy.cli import options
from scfdeploy.cli.arguments import cloud, request
from scfdeploy.cli.exit_codes import ExitCode
from scfdeploy.cli.groups import ConnectionOptions, DisplayOptions, ProjectOptions, expand_groups
from scfdeploy.cli.output import OutputOptions, run_and_exit
from scfdeploy.cli.reports import reports
from scfdeploy.operations.status import status as use_case
from scfdeploy.results import StatusReport

app = typer.Typer(add_completion=False, rich_markup_mode=None)


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
    asked = request(path, **project._asdict(), skip_unsupported=skip_unsupported)
    where = cloud(clock=context.obj, **connection._asdict(), parallelism=parallelism)
    run_and_exit(OutputOptions("status", output, *display, reports(report)), lambda: use_case(asked, where), _exit_code)


def _exit_code(result: StatusReport) -> ExitCode:
    return ExitCode.DONE if result.ok else ExitCode.INVALID
