"""`scfdeploy migrate`."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from scfdeploy.cli import options, redaction
from scfdeploy.cli.arguments import current_folder
from scfdeploy.cli.exit_codes import ExitCode
from scfdeploy.cli.groups import DisplayOptions, expand_groups
from scfdeploy.cli.output import OutputOptions, run_and_exit
from scfdeploy.operations.migrate import migrate as use_case
from scfdeploy.results import Migration

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
@expand_groups
def migrate(
    path: options.PathArgument = ".",
    *,
    write: Annotated[bool, typer.Option("--write", help="Change the files; without it a diff is shown.")] = False,
    output: options.OutputFormat = "text",
    display: DisplayOptions,
) -> None:
    """Bring older forms of serverless.yml, and API Gateway triggers, into today's form; comments stay.

    Shows what would change, as a diff; --write changes the files. What has no counterpart stays as a comment, with a
    warning that says so. Exits with 3 when a file cannot be migrated, which then stays as it is.
    """
    screen, folder = OutputOptions("migrate", output, *display), current_folder()
    secrets = redaction.reset_secrets({}, os.environ)
    run_and_exit(screen, lambda: use_case(path, folder, write=write, secrets=secrets), _exit_code)


def _exit_code(result: Migration) -> ExitCode:
    return ExitCode.DONE if result.ok else ExitCode.INVALID
