"""`scfdeploy apply`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NoReturn

from scfdeploy.cli.approval import run_apply, run_apply_by_region
from scfdeploy.cli.arguments import cloud_options, make_request, plan_policy
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import UsageError
from scfdeploy.cli.groups import (
    ConnectionOptions,
    DisplayOptions,
    HookOptions,
    PlanLayout,
    PlanOptions,
    ProjectOptions,
    RuleOptions,
    WriteLimits,
)
from scfdeploy.cli.output import OutputOptions, parse_reports
from scfdeploy.cli.redaction import mask_on_github
from scfdeploy.cli.region_parts import Part
from scfdeploy.diagnostics import message
from scfdeploy.operations.apply import apply as use_case
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.plan import Policy

if TYPE_CHECKING:
    import typer

    from scfdeploy.cli import options
    from scfdeploy.providers.clock import Clock

app = CommandApp()


@app.command()
def apply(
    path: options.OptionalPathArgument = None,
    *,
    clock: Clock | None = None,
    saved: Annotated[
        str | None,
        typer.Option("--plan", metavar="FILE", help="Apply the plan saved by plan --out, without asking."),
    ] = None,
    yes: options.Yes = False,
    project: ProjectOptions,
    skip_unsupported: options.SkipUnsupported = False,
    output: options.ApplyOutput = "text",
    report: options.Reports = None,
    changes: PlanOptions,
    hooks: HookOptions,
    rules: RuleOptions,
    parallelism: options.Parallelism = None,
    limits: WriteLimits,
    connection: ConnectionOptions,
    layout: PlanLayout,
    display: DisplayOptions,
) -> None:
    """Create or update resources to match serverless.yml. Shows the plan and asks for approval first.

    With --plan, applies the saved plan, or nothing if the files or the cloud have changed since.
    Exits with 5 when only some changes were applied; run apply again for the rest.
    """
    request = make_request(
        ("." if saved is None else "") if path is None else path,
        **project._asdict(),
        skip_unsupported=skip_unsupported,
        **rules._asdict(),
        **hooks.as_arguments(),
    )
    cloud = cloud_options(
        clock=clock,
        **connection._asdict(),
        parallelism=parallelism,
        refresh=changes.refresh,
        **limits._asdict(),
    )
    policy = plan_policy(changes)
    screen = OutputOptions("apply", output, *display, parse_reports(report), **layout.as_arguments())
    mask_on_github(output, request.load.variables)
    if saved is not None:
        _apply_saved(screen, request, cloud, policy, file=saved)
    run_apply_by_region(
        screen, Part(request, policy), lambda part, own, hooks: use_case(part, cloud, own, hooks), yes=yes
    )


def _apply_saved(
    screen: OutputOptions, request: Request, cloud: CloudOptions, policy: Policy, *, file: str
) -> NoReturn:
    from scfdeploy.operations.saved_plans import apply_saved

    if policy != Policy():
        raise UsageError(
            message(
                "--target, --adopt, --prune, --instance and --keep cannot be combined with --plan; use them with"
                " plan --out"
            )
        )
    # The plan was reviewed when it was saved.
    run_apply(screen, lambda hooks: apply_saved(request, cloud, hooks, file=file), yes=True)
