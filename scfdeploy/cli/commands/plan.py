"""`scfdeploy plan`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

from scfdeploy.cli.arguments import cloud_options, make_request, plan_policy
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import ExitCode, UsageError
from scfdeploy.cli.groups import (
    ConnectionOptions,
    DisplayOptions,
    HookOptions,
    PlanLayout,
    PlanOptions,
    ProjectOptions,
    RuleOptions,
)
from scfdeploy.cli.output import OutputOptions, parse_reports, run_and_exit
from scfdeploy.cli.redaction import mask_on_github
from scfdeploy.cli.region_parts import Part
from scfdeploy.cli.regions import run_regions_and_exit
from scfdeploy.diagnostics import message
from scfdeploy.operations.plan import drift
from scfdeploy.operations.plan import plan as use_case
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.plan import Policy
from scfdeploy.results import Drifted, Planned

if TYPE_CHECKING:
    import typer

    from scfdeploy.cli import options
    from scfdeploy.providers.clock import Clock

app = CommandApp()


@app.command()
def plan(
    path: options.PathArgument = ".",
    *,
    clock: Clock | None = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Save the plan to FILE for apply --plan.")
    ] = None,
    refresh_only: Annotated[
        bool, typer.Option("--refresh-only", help="Only show how deployed resources differ from the files.")
    ] = False,
    project: ProjectOptions,
    skip_unsupported: options.SkipUnsupported = False,
    output: options.PlanOutput = "text",
    report: options.Reports = None,
    html: options.Html = None,
    changes: PlanOptions,
    detailed_exitcode: options.DetailedExitCode = False,
    hooks: HookOptions,
    rules: RuleOptions,
    parallelism: options.Parallelism = None,
    connection: ConnectionOptions,
    layout: PlanLayout,
    display: DisplayOptions,
) -> None:
    """Show the changes that apply would make, without making them."""
    request = make_request(
        path,
        **project._asdict(),
        skip_unsupported=skip_unsupported,
        **rules._asdict(),
        **hooks.as_arguments(),
    )
    cloud = cloud_options(clock=clock, **connection._asdict(), parallelism=parallelism, refresh=changes.refresh)
    policy = plan_policy(changes)
    whole = Part(request, policy)

    screen = OutputOptions("plan", output, *display, parse_reports(report, html), **layout.as_arguments())
    mask_on_github(output, request.load.variables)
    if refresh_only:
        if out is not None:
            raise UsageError(message("--refresh-only cannot be combined with --out: it makes no plan to save"))
        exit_code = partial(_drift_exit_code, detailed=detailed_exitcode)
        run_regions_and_exit(screen, whole, lambda part, own: drift(part, cloud, own), exit_code)
    planned_exit_code = partial(_exit_code, detailed=detailed_exitcode)
    if out is None:
        run_regions_and_exit(screen, whole, lambda part, own: use_case(part, cloud, own), planned_exit_code)
    run_and_exit(screen, lambda: _plan_to_file(request, cloud, policy, out), planned_exit_code)


def _plan_to_file(request: Request, cloud: CloudOptions, policy: Policy, out: str) -> Planned:
    from scfdeploy.operations.saved_plans import plan_to_file

    return plan_to_file(request, cloud, policy, out=out)


def _exit_code(result: Planned, *, detailed: bool) -> ExitCode:
    if result.plan is None:
        return ExitCode.INVALID
    if not result.ok:
        return ExitCode.FAILED
    return ExitCode.CHANGES if detailed and result.plan.has_changes else ExitCode.DONE


def _drift_exit_code(result: Drifted, *, detailed: bool) -> ExitCode:
    if not result.ok:
        return ExitCode.INVALID
    return ExitCode.CHANGES if detailed and result.drift else ExitCode.DONE
