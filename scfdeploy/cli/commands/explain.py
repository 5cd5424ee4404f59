"""`scfdeploy explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import ExitCode, UsageError
from scfdeploy.cli.groups import DisplayOptions
from scfdeploy.cli.output import OutputOptions, run_and_exit
from scfdeploy.diagnostics import message
from scfdeploy.operations.explain import explain as use_case
from scfdeploy.operations.explain import list_all

if TYPE_CHECKING:
    import typer

    from scfdeploy.cli import options

app = CommandApp()


@app.command()
def explain(
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="CODE|NAME",
            help="An error code such as ResourceInUse, or its beginning; a status such as 430 or PortBindingFailed; "
            "a setting such as msgTTL; a built-in variable such as SCF_RUNTIME; or a finding such as memory-step.",
        ),
    ] = None,
    *,
    kind: Annotated[
        Literal["statuses", "errors", "variables"] | None, typer.Option("--list", help="List everything of a kind.")
    ] = None,
    output: options.OutputFormat = "text",
    display: DisplayOptions,
) -> None:
    """Explain an error code, a status, a setting, a variable or a finding, and what to do about it.

    Works offline. Exits with 1 when the name is unknown.
    """
    if (code is None) == (kind is None):
        raise UsageError(message("give either a code or name, or --list"))
    run_and_exit(
        OutputOptions("explain", output, *display),
        lambda: use_case(code) if code is not None else list_all(str(kind)),
        lambda _: ExitCode.DONE,
    )
