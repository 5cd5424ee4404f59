"""`scfdeploy validate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from scfdeploy.cli.arguments import make_request
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import ExitCode
from scfdeploy.cli.groups import DisplayOptions, FindingLayout, ProjectOptions, RuleOptions
from scfdeploy.cli.output import OutputOptions, run_and_exit
from scfdeploy.operations.validate import validate as use_case
from scfdeploy.records import replace
from scfdeploy.results import Validated

if TYPE_CHECKING:
    from datetime import datetime

    import typer

    from scfdeploy.cli import options

app = CommandApp()


@app.command()
def validate(
    path: options.PathsArgument = None,
    *,
    fix: Annotated[bool, typer.Option("--fix", help="Apply certain fixes to the files first.")] = False,
    project: ProjectOptions,
    skip_unsupported: options.SkipUnsupported = False,
    output: options.FindingsOutput = "text",
    rules: RuleOptions,
    layout: FindingLayout,
    display: DisplayOptions,
) -> None:
    """Check serverless.yml offline, without credentials. Files are changed only with --fix.

    Exits with 3 when the configuration has errors.
    """
    request = make_request(
        ".",
        **project._asdict(),
        skip_unsupported=skip_unsupported,
        **rules._asdict(),
    )
    projects = [replace(request, path=project_path) for project_path in dict.fromkeys(path or ["."])]
    now = _now() if display.debug else None
    screen = OutputOptions("validate", output, *display, **layout._asdict())
    run_and_exit(screen, lambda: use_case(*projects, timers_after=now, apply_fixes=fix), _exit_code)


def _now() -> datetime:
    from datetime import UTC, datetime

    return datetime.now(UTC)


def _exit_code(result: Validated) -> ExitCode:
    return ExitCode.DONE if result.ok else ExitCode.INVALID
