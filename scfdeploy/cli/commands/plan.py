"""`scfdeploy plan`."""

from __future__ import annotations

import typer

from scfdeploy.cli import options
from scfdeploy.cli.arguments import addresses, cloud, request
from scfdeploy.cli.exit_codes import ExitCode
from scfdeploy.cli.show import Screen, finish
from scfdeploy.pipeline.planning import plan as use_case
from scfdeploy.plan import Policy
from scfdeploy.report.results import Planned

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def plan(
    path: options.PathArgument = ".",
    *,
    stage: options.Stage = None,
    region: options.Region = None,
    var: options.Variables = None,
    env_file: options.EnvFile = None,
    profile: options.Profile = None,
    output: options.PlanOutput = options.PlanFormat.TEXT,
    target: options.Target = None,
    adopt: options.Adopt = False,
    prune: options.Prune = False,
    detailed_exitcode: options.DetailedExitCode = False,
    no_hook: options.NoHook = False,
    strict: options.Strict = False,
    select: options.Select = None,
    ignore: options.Ignore = None,
    parallelism: options.Parallelism = 32,
    local: options.Local = False,
    endpoint: options.Endpoint = None,
    no_color: options.NoColor = False,
    debug: options.Debug = False,
) -> None:
    """Show what apply would do; changes nothing."""
    asked = request(
        path,
        stage=stage,
        region=region,
        variables=var,
        env_file=env_file,
        select=select,
        ignore=ignore,
        strict=strict,
        hooks=not no_hook,
    )
    where = cloud(local=local, endpoint=endpoint, profile=profile, parallelism=parallelism)
    policy = Policy(adopt=adopt, prune=prune, targets=addresses(target))

    def exit_code(result: Planned) -> ExitCode:
        if result.plan is None:
            return ExitCode.INVALID
        if not result.ok:
            return ExitCode.FAILED
        return ExitCode.CHANGES if detailed_exitcode and result.plan.has_changes else ExitCode.DONE

    finish(Screen("plan", output, no_color, debug), lambda: use_case(asked, where, policy), exit_code)
