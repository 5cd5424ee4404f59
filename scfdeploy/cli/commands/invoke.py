"""`scfdeploy invoke`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from scfdeploy.cli import options
from scfdeploy.cli.arguments import cloud, request
from scfdeploy.cli.exit_codes import ExitCode
from scfdeploy.cli.groups import ConnectionOptions, DisplayOptions, ProjectOptions, expand_groups
from scfdeploy.cli.output import OutputOptions, run_and_exit
from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.operations.invoke import Call
from scfdeploy.operations.invoke import invoke as use_case
from scfdeploy.results import Invoked

_INTERRUPTED = "interrupted; the function may have been called"

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
@expand_groups
def invoke(
    context: typer.Context,
    name: options.FunctionArgument = "",
    *,
    event: Annotated[
        str | None, typer.Option("--event", metavar="FILE", help="JSON file with the event; `-` reads stdin.")
    ] = None,
    template: Annotated[
        str | None, typer.Option("--template", metavar="T", help="A sample event, such as `timer` or `cos`.")
    ] = None,
    data: Annotated[str | None, typer.Option("--data", metavar="JSON", help="The event itself.")] = None,
    asynchronous: Annotated[bool, typer.Option("--async", help="Do not wait for the result.")] = False,
    qualifier: Annotated[str, typer.Option("--qualifier", metavar="Q", help="Version or alias to call.")] = "$DEFAULT",
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """Call a function and show its result, log, duration and memory. Exits with 1 when the function fails."""
    asked = request(path, **project._asdict())
    where = cloud(clock=context.obj, **connection._asdict())

    def call() -> Invoked:
        text = _event(event=event, template=template, data=data)
        return use_case(asked, where, Call(name, text, qualifier, asynchronous))

    run_and_exit(OutputOptions("invoke", output, *display), call, _exit_code, interrupted=_INTERRUPTED)


def _exit_code(result: Invoked) -> ExitCode:
    return ExitCode.DONE if result.ok else ExitCode.FAILED


def _event(*, event: str | None, template: str | None, data: str | None) -> str:
    if sum(given is not None for given in (event, template, data)) > 1:
        raise typer.BadParameter("--event, --template and --data exclude each other")
    if event is not None:
        return _json(_read(event), f"the event in {event}")
    if template is not None:
        from scfdeploy.scaffold import sample_event

        return sample_event(template)
    return _json(data, "--data") if data is not None else "{}"


def _read(file: str) -> str:
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ScfDeployError(
            f"the event file {file} cannot be read: {why}", hint="Check the path; `-` reads standard input."
        ) from error


def _json(text: str, what: str) -> str:
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ScfDeployError(f"{what} is not JSON: {error}", hint='Write JSON, such as {"key": "value"}.') from error
    return text
