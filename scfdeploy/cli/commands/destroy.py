"""`scfdeploy destroy`."""

from __future__ import annotations

import typer

from scfdeploy.cli import options
from scfdeploy.cli.approval import run_apply
from scfdeploy.cli.arguments import addresses, cloud, instances, request
from scfdeploy.cli.output import OutputOptions
from scfdeploy.cli.reports import reports
from scfdeploy.operations.apply import destroy as use_case
from scfdeploy.plan import Policy

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def destroy(
    context: typer.Context,
    path: options.PathArgument = ".",
    *,
    yes: options.Yes = False,
    stage: options.Stage = None,
    region: options.Region = None,
    var: options.Variables = None,
    env_file: options.EnvFile = None,
    skip_unsupported: options.SkipUnsupported = False,
    profile: options.Profile = None,
    output: options.OutputFormat = options.Format.TEXT,
    report: options.Reports = None,
    target: options.Target = None,
    instance: options.DestroyedInstances = None,
    parallelism: options.Parallelism = 32,
    timeout: options.Timeout = None,
    retries: options.Retries = None,
    local: options.Local = False,
    endpoint: options.Endpoint = None,
    insecure: options.Insecure = False,
    no_color: options.NoColor = False,
    debug: options.Debug = False,
) -> None:
    """Remove what the project owns, nothing else: shows what goes, asks, deletes."""
    asked = request(
        path, stage=stage, region=region, variables=var, env_file=env_file, skip_unsupported=skip_unsupported
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
    policy = Policy(targets=addresses(target), instances=instances(instance))
    screen = OutputOptions("destroy", output, no_color, debug, reports(report))
    run_apply(screen, lambda hooks: use_case(asked, where, policy, hooks), yes=yes)
