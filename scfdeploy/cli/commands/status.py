"""`scfdeploy status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from scfdeploy.cli.arguments import cloud_options, make_request, targets
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import ExitCode
from scfdeploy.cli.groups import ConnectionOptions, DisplayOptions, FindingLayout, ProjectOptions
from scfdeploy.cli.output import OutputOptions, parse_reports
from scfdeploy.cli.region_parts import Part
from scfdeploy.cli.regions import run_regions_and_exit
from scfdeploy.operations.status import status as use_case
from scfdeploy.plan import Policy
from scfdeploy.results.status import StatusReport

if TYPE_CHECKING:
    import typer

    from scfdeploy.cli import options
    from scfdeploy.providers.clock import Clock

app = CommandApp()


@app.command()
def status(
    path: options.PathArgument = ".",
    *,
    clock: Clock | None = None,
    project: ProjectOptions,
    skip_unsupported: options.SkipUnsupported = False,
    output: options.OutputFormat = "text",
    report: options.Reports = None,
    target: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            metavar="NAME",
            help="Only this function or layer: a name, a pattern such as 'api-*', or an address; repeatable.",
        ),
    ] = None,
    parallelism: options.Parallelism = None,
    connection: ConnectionOptions,
    layout: FindingLayout,
    display: DisplayOptions,
) -> None:
    """Show deployed functions and layers with state, triggers and URLs, and how they differ from the files."""
    request = make_request(path, **project._asdict(), skip_unsupported=skip_unsupported)
    cloud = cloud_options(clock=clock, **connection._asdict(), parallelism=parallelism)
    screen = OutputOptions("status", output, *display, parse_reports(report), **layout._asdict())
    whole = Part(request, Policy(targets=targets(target)))
    run_regions_and_exit(screen, whole, lambda part, own: use_case(part, cloud, own.targets), _exit_code)


def _exit_code(result: StatusReport) -> ExitCode:
    return ExitCode.DONE if result.ok else ExitCode.INVALID
