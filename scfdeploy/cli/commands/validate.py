"""`scfdeploy validate`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from scfdeploy.cli import options
from scfdeploy.cli.arguments import request
from scfdeploy.cli.exit_codes import ExitCode
from scfdeploy.cli.output import OutputOptions, run_and_exit
from scfdeploy.operations.validate import validate as use_case
from scfdeploy.results import Validated

if TYPE_CHECKING:
    from datetime import datetime

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def validate(
    path: options.PathsArgument = None,
    *,
    stage: options.Stage = None,
    region: options.Region = None,
    var: options.Variables = None,
    env_file: options.EnvFile = None,
    skip_unsupported: options.SkipUnsupported = False,
    output: options.FindingsOutput = options.FindingsFormat.TEXT,
    strict: options.Strict = False,
    select: options.Select = None,
    ignore: options.Ignore = None,
    no_color: options.NoColor = False,
    debug: options.Debug = False,
    fix: Annotated[bool, typer.Option("--fix", help="First mend in the files what is certain, and only that.")] = False,
) -> None:
    """Check serverless.yml offline: no credentials, no network; nothing is changed without --fix.

    Exits with 3 when the configuration has errors.
    """
    asked = request(
        ".",
        stage=stage,
        region=region,
        variables=var,
        env_file=env_file,
        skip_unsupported=skip_unsupported,
        select=select,
        ignore=ignore,
        strict=strict,
    )
    projects = [replace(asked, path=one) for one in dict.fromkeys(path or ["."])]
    now = _now() if debug else None
    screen = OutputOptions("validate", output, no_color, debug)
    run_and_exit(screen, lambda: use_case(*projects, firing_after=now, mend=fix), _exit_code)


def _now() -> datetime:
    from datetime import UTC, datetime

    return datetime.now(UTC)


def _exit_code(result: Validated) -> ExitCode:
    return ExitCode.DONE if result.ok else ExitCode.INVALID
