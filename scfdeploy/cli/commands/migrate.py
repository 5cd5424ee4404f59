"""`scfdeploy migrate`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from scfdeploy.cli import options, redaction
from scfdeploy.cli.arguments import current_folder
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import ExitCode, UsageError
from scfdeploy.cli.groups import DisplayOptions
from scfdeploy.cli.output import OutputOptions, Report, require_folder, run_and_exit
from scfdeploy.diagnostics import message
from scfdeploy.operations.migrate import MigrateOptions
from scfdeploy.operations.migrate import migrate as use_case
from scfdeploy.results.migrated import Migration

if TYPE_CHECKING:
    import typer


app = CommandApp()

_FORMATS = {".md": "migration-report", ".markdown": "migration-report", ".json": "migration-json"}


@app.command()
def migrate(
    path: options.PathArgument = ".",
    *,
    write: Annotated[bool, typer.Option("--write", help="Write the files instead of showing a diff.")] = False,
    report: Annotated[
        str | None,
        typer.Option(
            "--report",
            metavar="FILE",
            help="Read all folders below PATH, and write what changes, what is lost and what to do for each file to "
            "FILE (.md or .json), or to stdout (-).",
        ),
    ] = None,
    component: Annotated[
        str | None,
        typer.Option(
            "--component",
            metavar="KIND",
            help="The component of files that name it by a local path, such as scf or express.",
        ),
    ] = None,
    output: options.OutputFormat = "text",
    display: DisplayOptions,
) -> None:
    """Convert older forms of serverless.yml and API Gateway triggers to the current form. Comments are kept.

    Shows a diff; --write changes the files. Settings without an equivalent are kept as comments, with a warning.
    Exits with 3 when a file cannot be migrated; that file is not changed.
    """
    _check_component(component)
    shown = _report_format(output) if report == "-" else output
    reports = () if report in (None, "-") else (_file_report(report),)
    screen, folder = OutputOptions("migrate", shown, *display, reports=reports), current_folder()
    chosen = MigrateOptions(write, whole_tree=report is not None, component=component)
    secrets = redaction.reset_secrets({}, os.environ)
    run_and_exit(screen, lambda: use_case(path, folder, chosen, secrets=secrets), _exit_code)


def _check_component(component: str | None) -> None:
    from scfdeploy.config.migration import component_choices

    choices = component_choices()
    if component is not None and component not in choices:
        text = message(
            "--component takes one of {choices}, not {text}", choices=", ".join(choices), text=repr(component)
        )
        raise UsageError(text)


def _report_format(output: str) -> str:
    return "migration-json" if output == "json" else "migration-report"


def _file_report(path: str) -> Report:
    """The report of --report. A usage error for an unknown ending, a name of a project's file, or a missing folder."""
    from scfdeploy.config.discover import FILE_NAMES

    if Path(path).name.lower() in FILE_NAMES:
        raise UsageError(
            message("--report would replace {text}, which is the name of a project's file", text=repr(path))
        )
    form = _FORMATS.get(Path(path).suffix.lower())
    if form is None:
        raise UsageError(message("--report takes a FILE that ends in .md or .json, or -, not {text}", text=repr(path)))
    require_folder(f"--report {path}", path)
    return Report(form, path)


def _exit_code(result: Migration) -> ExitCode:
    return ExitCode.DONE if result.ok else ExitCode.INVALID
