"""`scfdeploy destroy`."""

from __future__ import annotations

import typer

from scfdeploy.cli import options
from scfdeploy.cli.approval import run_apply
from scfdeploy.cli.arguments import addresses, cloud, instances, request
from scfdeploy.cli.groups import ConnectionOptions, DisplayOptions, ProjectOptions, WriteLimits, expand_groups
from scfdeploy.cli.output import OutputOptions
from scfdeploy.cli.reports import reports
from scfdeploy.operations.apply import destroy as use_case
from scfdeploy.plan import Policy

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
@expand_groups
def destroy(
    context: typer.Context,
    path: options.PathArgument = ".",
    *,
    yes: options.Yes = False,
    project: ProjectOptions,
    skip_unsupported: options.SkipUnsupported = False,
    output: options.OutputFormat = "text",
    report: options.Reports = None,
    target: options.Target = None,
    instance: options.DestroyedInstances = None,
    parallelism: options.Parallelism = 32,
    limits: WriteLimits,
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """Delete the resources that the project owns. Shows the plan and asks for approval first."""
    asked = request(path, **project._asdict(), skip_unsupported=skip_unsupported)
    where = cloud(
        clock=context.obj,
        **connection._asdict(),
        parallelism=parallelism,
        **limits._asdict(),
    )
    policy = Policy(targets=addresses(target), instances=instances(instance))
    screen = OutputOptions("destroy", output, *display, reports(report))
    run_apply(screen, lambda hooks: use_case(asked, where, policy, hooks), yes=yes)
