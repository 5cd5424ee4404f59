"""`scfdeploy apply`."""

from __future__ import annotations

import typer

from scfdeploy.cli import options
from scfdeploy.cli.arguments import addresses, cloud, request
from scfdeploy.cli.conduct import carry_out
from scfdeploy.cli.show import Screen
from scfdeploy.pipeline.applying import apply as use_case
from scfdeploy.plan import Policy

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def apply(
    path: options.PathArgument = ".",
    *,
    yes: options.Yes = False,
    stage: options.Stage = None,
    region: options.Region = None,
    var: options.Variables = None,
    env_file: options.EnvFile = None,
    profile: options.Profile = None,
    output: options.OutputFormat = options.Format.TEXT,
    target: options.Target = None,
    adopt: options.Adopt = False,
    prune: options.Prune = False,
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
    """Make the cloud as serverless.yml says: shows the plan, asks, applies.

    Exits with 5 when only a part could be applied; running it again does the rest.
    """
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
    screen = Screen("apply", output, no_color, debug)
    carry_out(screen, lambda conduct: use_case(asked, where, policy, conduct), yes=yes)
