"""`scfdeploy invoke`."""

from __future__ import annotations

from typing import Annotated

import typer

from scfdeploy.cli import options
from scfdeploy.cli.arguments import cloud_options, make_request
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.groups import ConnectionOptions, DisplayOptions, ProjectOptions, expand_groups
from scfdeploy.cli.output import OutputOptions, done_if_ok, run_and_exit
from scfdeploy.diagnostics import message
from scfdeploy.operations.invoke import Call, read_event, require_json
from scfdeploy.operations.invoke import invoke as use_case
from scfdeploy.operations.request import Request
from scfdeploy.results import Invoked

app = CommandApp()


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
        str | None, typer.Option("--template", metavar="T", help="A test event, such as `timer` or `cos-upload`.")
    ] = None,
    data: Annotated[str | None, typer.Option("--data", metavar="JSON", help="The event as JSON.")] = None,
    asynchronous: Annotated[bool, typer.Option("--async", help="Do not wait for the result.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="With --async on a local server: let time pass until the event ends.")
    ] = False,
    qualifier: Annotated[str, typer.Option("--qualifier", metavar="Q", help="Version or alias to call.")] = "$DEFAULT",
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """Call a function and show its result, log, duration and memory. Exits with 1 when the function fails."""
    if wait and not (asynchronous and (connection.local or connection.endpoint)):
        raise typer.BadParameter(message("--wait requires --async, and --local or --endpoint"))
    request = make_request(path, **project._asdict())
    cloud = cloud_options(clock=context.obj, **connection._asdict())

    interrupted = message("interrupted; the function may have been called")

    def call() -> Invoked:
        text = _event(request, name, event=event, template=template, data=data)
        return use_case(request, cloud, Call(name, text, qualifier, asynchronous, wait))

    run_and_exit(OutputOptions("invoke", output, *display), call, done_if_ok, interrupted=interrupted)


def _event(request: Request, name: str, *, event: str | None, template: str | None, data: str | None) -> str:
    if sum(option is not None for option in (event, template, data)) > 1:
        raise typer.BadParameter(message("only one of --event, --template and --data can be given"))
    if event is not None:
        return read_event(event)
    if template is not None:
        from scfdeploy.operations.template import read_template

        return read_template(request, name, template)
    return require_json(data, "--data") if data is not None else "{}"
