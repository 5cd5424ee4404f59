"""`scfdeploy template`: test events."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

import typer

from scfdeploy.cli import options
from scfdeploy.cli.arguments import make_request
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import ExitCode
from scfdeploy.cli.groups import DisplayOptions, ProjectOptions
from scfdeploy.cli.output import OutputOptions, run_and_exit
from scfdeploy.operations.request import Request
from scfdeploy.results import Result

app = CommandApp(no_args_is_help=True, help="Show and save test events for `invoke --template`.")
_Name = Annotated[str, typer.Argument(metavar="NAME", help="The template.")]
_Function = Annotated[
    str, typer.Option("--function", metavar="F", help="The function; optional if the project has only one.")
]


@app.command("list")
def list_templates(
    function: Annotated[str, typer.Argument(metavar="[FUNCTION]", help="`name` or `namespace/name`.")] = "",
    *,
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    display: DisplayOptions,
) -> None:
    """List the built-in templates and those of a function."""
    from scfdeploy.operations import template

    _run("template list", path, project, output, display, partial(template.list_templates, name=function))


@app.command()
def show(
    name: _Name,
    *,
    function: _Function = "",
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    display: DisplayOptions,
) -> None:
    """Print a template."""
    from scfdeploy.operations import template

    _run("template show", path, project, output, display, partial(template.show, name=name, function=function))


@app.command()
def save(
    name: _Name,
    *,
    source: Annotated[
        str,
        typer.Option("--from", metavar="T", help="A template, a JSON file, or `-` for standard input."),
    ] = "hello-world",
    function: _Function = "",
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    display: DisplayOptions,
) -> None:
    """Save a template of your own, at most five per function."""
    from scfdeploy.operations import template

    call = partial(template.save, name=name, source=source, function=function)
    _run("template save", path, project, output, display, call)


@app.command()
def delete(
    name: _Name,
    *,
    function: _Function = "",
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    display: DisplayOptions,
) -> None:
    """Delete a template of your own."""
    from scfdeploy.operations import template

    _run("template delete", path, project, output, display, partial(template.delete, name=name, function=function))


def _run(
    command: str,
    path: str,
    project: ProjectOptions,
    output: str,
    display: DisplayOptions,
    use_case: Callable[[Request], Result],
) -> None:
    request = make_request(path, **project._asdict())
    run_and_exit(OutputOptions(command, output, *display), lambda: use_case(request), lambda _: ExitCode.DONE)
