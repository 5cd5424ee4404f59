"""`scfdeploy migrate`."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from scfdeploy.cli import options, redaction
from scfdeploy.cli.arguments import current_folder
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exit_codes import ExitCode
from scfdeploy.cli.groups import DisplayOptions, expand_groups
from scfdeploy.cli.output import OutputOptions, run_and_exit
from scfdeploy.operations.migrate import migrate as use_case
from scfdeploy.results import Migration

app = CommandApp()


@app.command()
@expand_groups
def migrate(
    path: options.PathArgument = ".",
    *,
    write: Annotated[bool, typer.Option("--write", help="Write the files instead of showing a diff.")] = False,
    output: options.OutputFormat = "text",
    display: DisplayOptions,
) -> None:
    """Convert older forms of serverless.yml and API Gateway triggers to the current form. Comments are kept.

    Shows a diff; --write changes the files. Settings without an equivalent are kept as comments, with a warning.
    Exits with 3 when a file cannot be migrated; that file is not changed.
    """
    screen, folder = OutputOptions("migrate", output, *display), current_folder()
    secrets = redaction.reset_secrets({}, os.environ)
    run_and_exit(screen, lambda: use_case(path, folder, write=write, secrets=secrets), _exit_code)


def _exit_code(result: Migration) -> ExitCode:
    return ExitCode.DONE if result.ok else ExitCode.INVALID
