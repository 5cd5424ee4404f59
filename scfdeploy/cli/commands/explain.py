"""`scfdeploy explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from scfdeploy.cli import options
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exit_codes import ExitCode
from scfdeploy.cli.groups import DisplayOptions, expand_groups
from scfdeploy.cli.output import OutputOptions, run_and_exit
from scfdeploy.operations.explain import explain as use_case

app = CommandApp()


@app.command()
@expand_groups
def explain(
    code: Annotated[
        str,
        typer.Argument(
            metavar="CODE",
            help="An error code such as ResourceInUse, or its beginning; a status such as 430 or PortBindingFailed; "
            "or a finding such as memory-step.",
        ),
    ],
    *,
    output: options.OutputFormat = "text",
    display: DisplayOptions,
) -> None:
    """Explain an error code, a status code or a finding, and what to do about it.

    Works offline. Exits with 1 when the name is unknown.
    """
    run_and_exit(OutputOptions("explain", output, *display), lambda: use_case(code), lambda _: ExitCode.DONE)
