"""`scfdeploy destroy`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scfdeploy.cli.approval import run_apply_by_region
from scfdeploy.cli.arguments import cloud_options, instances, make_request, targets
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.groups import (
    ConnectionOptions,
    DisplayOptions,
    PlanLayout,
    ProjectOptions,
    WriteLimits,
)
from scfdeploy.cli.output import OutputOptions, parse_reports
from scfdeploy.cli.region_parts import Part
from scfdeploy.operations.apply import destroy as use_case
from scfdeploy.plan import Policy

if TYPE_CHECKING:
    from scfdeploy.cli import options
    from scfdeploy.providers.clock import Clock

app = CommandApp()


@app.command()
def destroy(
    path: options.PathArgument = ".",
    *,
    clock: Clock | None = None,
    yes: options.Yes = False,
    project: ProjectOptions,
    skip_unsupported: options.SkipUnsupported = False,
    output: options.OutputFormat = "text",
    report: options.Reports = None,
    target: options.Target = None,
    instance: options.DestroyedInstances = None,
    parallelism: options.Parallelism = None,
    limits: WriteLimits,
    connection: ConnectionOptions,
    layout: PlanLayout,
    display: DisplayOptions,
) -> None:
    """Delete the resources that the project owns. Shows the plan and asks for approval first."""
    request = make_request(path, **project._asdict(), skip_unsupported=skip_unsupported)
    cloud = cloud_options(
        clock=clock,
        **connection._asdict(),
        parallelism=parallelism,
        **limits._asdict(),
    )
    policy = Policy(targets=targets(target), instances=instances(instance))
    screen = OutputOptions("destroy", output, *display, parse_reports(report), **layout.as_arguments())
    run_apply_by_region(
        screen, Part(request, policy), lambda part, own, hooks: use_case(part, cloud, own, hooks), yes=yes
    )
