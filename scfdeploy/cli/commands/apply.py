"""`scfdeploy apply`."""

from __future__ import annotations

from typing import Annotated, NoReturn

import typer

from scfdeploy.cli import options
from scfdeploy.cli.approval import run_apply
from scfdeploy.cli.arguments import addresses, cloud, instances, request
from scfdeploy.cli.github_actions import mask_secrets
from scfdeploy.cli.output import OutputOptions
from scfdeploy.cli.reports import reports
from scfdeploy.operations.apply import apply as use_case
from scfdeploy.operations.request import HOOK_LIMIT_S, CloudOptions, Request
from scfdeploy.plan import Policy

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def apply(
    context: typer.Context,
    path: options.OptionalPathArgument = None,
    *,
    saved: Annotated[
        str | None,
        typer.Option("--plan", metavar="FILE", help="Do exactly what this file of plan --out says; no question."),
    ] = None,
    yes: options.Yes = False,
    stage: options.Stage = None,
    region: options.Region = None,
    var: options.Variables = None,
    env_file: options.EnvFile = None,
    skip_unsupported: options.SkipUnsupported = False,
    profile: options.Profile = None,
    output: options.ApplyOutput = options.ApplyFormat.TEXT,
    report: options.Reports = None,
    target: options.Target = None,
    adopt: options.Adopt = False,
    prune: options.Prune = False,
    instance: options.PrunedInstances = None,
    keep: options.Keep = None,
    no_hook: options.NoHook = False,
    prebuilt: options.Prebuilt = False,
    hook_timeout: options.HookTimeout = HOOK_LIMIT_S,
    strict: options.Strict = False,
    select: options.Select = None,
    ignore: options.Ignore = None,
    parallelism: options.Parallelism = 32,
    timeout: options.Timeout = None,
    retries: options.Retries = None,
    local: options.Local = False,
    endpoint: options.Endpoint = None,
    insecure: options.Insecure = False,
    no_color: options.NoColor = False,
    debug: options.Debug = False,
) -> None:
    """Make the cloud as serverless.yml says: shows the plan, asks, applies.

    With --plan it does what was planned, or nothing when files or cloud are not as they were.
    Exits with 5 when only a part could be applied; running it again does the rest.
    """
    asked = request(
        ("." if saved is None else "") if path is None else path,
        stage=stage,
        region=region,
        variables=var,
        env_file=env_file,
        skip_unsupported=skip_unsupported,
        select=select,
        ignore=ignore,
        strict=strict,
        hooks=not (no_hook or prebuilt),
        dotenv=not prebuilt,
        hook_limit_s=hook_timeout,
    )
    where = cloud(
        clock=context.obj,
        local=local,
        endpoint=endpoint,
        insecure=insecure,
        profile=profile,
        parallelism=parallelism,
        timeout=timeout,
        retries=retries,
    )
    policy = Policy(
        adopt=adopt,
        prune=prune,
        targets=addresses(target),
        keep=keep,
        instances=instances(instance, prune=prune),
    )
    screen = OutputOptions("apply", output, no_color, debug, reports(report))
    mask_secrets(output, asked.load.variables)
    if saved is not None:
        _as_saved(screen, asked, where, policy, file=saved)
    run_apply(screen, lambda hooks: use_case(asked, where, policy, hooks), yes=yes)


def _as_saved(screen: OutputOptions, asked: Request, where: CloudOptions, policy: Policy, *, file: str) -> NoReturn:
    from scfdeploy.operations.saved_plans import apply_saved

    if policy != Policy():
        raise typer.BadParameter(
            "--target, --adopt, --prune, --instance and --keep belong to the plan: give them to plan --out"
        )
    # Who saved a plan has seen it: it is shown again, and not asked about.
    run_apply(screen, lambda hooks: apply_saved(asked, where, hooks, file=file), yes=True)
