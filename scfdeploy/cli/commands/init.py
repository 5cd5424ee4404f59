"""`scfdeploy init`."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import Annotated

import typer

from scfdeploy.cli import options
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.output import OutputOptions, print_text, run_or_exit
from scfdeploy.diagnostics import message

app = CommandApp()


class Type(StrEnum):
    """The type of the new function."""

    EVENT = "event"
    WEB = "web"


@app.command()
def init(
    directory: Annotated[
        str, typer.Argument(metavar="[DIR]", help="Folder of the project; created if it does not exist.")
    ] = ".",
    *,
    runtime: Annotated[
        str, typer.Option("--runtime", metavar="R", help="`python`, `nodejs` or a full name such as Python3.10.")
    ] = "python",
    type_: Annotated[Type, typer.Option("--type", help="Event function or web function.")] = Type.EVENT,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="N", help="Function name; defaults to the name of the folder."),
    ] = None,
    debug: options.Debug = False,
) -> None:
    """Create a new project that is ready to deploy. Existing files are not overwritten."""
    from scfdeploy.scaffold import new_project

    name = name or os.path.basename(os.path.abspath(directory))  # noqa: PTH119, PTH100
    written = run_or_exit(
        OutputOptions("init", debug=debug),
        lambda: new_project(directory, name=name, runtime=runtime, type=type_.value),
    )
    lines = [message("wrote {file}", file=path) for path in written]
    target = "" if directory in ("", ".") else f" {directory}"
    steps = message("Next: scfdeploy validate{target}, then scfdeploy apply{target} --local", target=target)
    print_text("\n".join([*lines, "", steps]), sys.stdout)
