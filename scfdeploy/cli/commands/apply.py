"""`scfdeploy apply`."""

from __future__ import annotations

from typing import Annotated, NoReturn

import typer

from scfdeploy.cli import options
from scfdeploy.cli.approval import run_apply
from scfdeploy.cli.arguments import cloud, plan_policy, request
from scfdeploy.cli.github_actions import mask_secrets
from scfdeploy.cli.groups import (
    ConnectionOptions,
    DisplayOptions,
    HookOptions,
    PlanOptions,
    ProjectOptions,
    RuleOptions,
    WriteLimits,
    expand_groups,
)
from scfdeploy.cli.output import OutputOptions
from scfdeploy.cli.reports import reports
from scfdeploy.operations.apply import apply as use_case
from scfdeploy.operations.request import CloudOptions, Request
from scfdeploy.plan import Policy

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
@expand_groups
def apply(
    context: typer.Context,
    path: options.OptionalPathArgument = None,
    *,
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
    parallelism: options.Parallelism = 32,
    limits: WriteLimits,
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """Create or update resources to match serverless.yml. Shows the plan and asks for approval first.

    With --plan, applies the saved plan, or nothing if the files or the cloud have changed since.
    Exits with 5 when only some changes were applied; run apply again for the rest.
    """
    asked = request(
        ("." if saved is None else "") if path is None else path,
        **project._asdict(),
        skip_unsupported=skip_unsupported,
        **rules._asdict(),
        **hooks.as_arguments(),
    )
    where = cloud(
        clock=context.obj,
        **connection._asdict(),
        parallelism=parallelism,
        **limits._asdict(),
    )
    policy = plan_policy(changes)
    screen = OutputOptions("apply", output, *display, reports(report))
    mask_secrets(output, asked.load.variables)
    if saved is not None:
        _as_saved(screen, asked, where, policy, file=saved)
    run_apply(screen, lambda hooks: use_case(asked, where, policy, hooks), yes=yes)


def _as_saved(screen: OutputOptions, asked: Request, where: CloudOptions, policy: Policy, *, file: str) -> NoReturn:
    from scfdeploy.operations.saved_plans import apply_saved

    if policy != Policy():
        raise typer.BadParameter(
            "--target, --adopt, --prune, --instance and --keep cannot be combined with --plan; give them to plan --out"
        )
    # Who saved a plan has seen it: it is shown again, and not asked about.
    run_apply(screen, lambda hooks: apply_saved(asked, where, hooks, file=file), yes=True)
