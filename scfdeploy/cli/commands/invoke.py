"""`scfdeploy invoke`."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from scfdeploy.cli.arguments import cloud_options, make_request
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import UsageError
from scfdeploy.cli.groups import ConnectionOptions, DisplayOptions, ProjectOptions
from scfdeploy.cli.output import OutputOptions, done_if_ok, run_and_exit
from scfdeploy.diagnostics import message
from scfdeploy.model import looks_secret
from scfdeploy.operations.invoke import Call, read_body, read_event, require_json
from scfdeploy.operations.invoke import invoke as use_case
from scfdeploy.operations.request import Request
from scfdeploy.providers.invocation import HttpRequest
from scfdeploy.results.invoked import Invoked

if TYPE_CHECKING:
    import typer

    from scfdeploy.cli import options
    from scfdeploy.providers.clock import Clock

app = CommandApp()
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_HEADER = re.compile(r"(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(?P<value>[\t -~\x80-\xff]*)")
# They describe the connection, which is ours, or select another function on a local server.
_OWN_HEADERS = frozenset({"host", "connection", "content-length", "transfer-encoding", "expect", "upgrade"})


@app.command()
def invoke(
    name: options.FunctionArgument = "",
    *,
    clock: Clock | None = None,
    event: Annotated[
        str | None, typer.Option("--event", metavar="FILE", help="JSON file with the event; `-` reads stdin.")
    ] = None,
    template: Annotated[
        str | None, typer.Option("--template", metavar="T", help="A test event, such as `timer` or `cos-upload`.")
    ] = None,
    data: Annotated[
        str | None, typer.Option("--data", metavar="JSON", help="The event as JSON; with --method, the body.")
    ] = None,
    asynchronous: Annotated[bool, typer.Option("--async", help="Do not wait for the result.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="With --async on a local server: let time pass until the event ends.")
    ] = False,
    method: Annotated[
        str | None,
        typer.Option("--method", metavar="M", help="Call the URL of the function with this method, such as GET."),
    ] = None,
    path: Annotated[
        str | None,
        typer.Option(
            "--path",
            metavar="PATH",
            help="With --method, the path of the request; otherwise as --project.",
        ),
    ] = None,
    header: Annotated[
        list[str] | None,
        typer.Option("--header", metavar="K:V", help="With --method, a header of the request; repeatable."),
    ] = None,
    body: Annotated[
        str | None,
        typer.Option("--body", metavar="TEXT", help="With --method, the body; `@FILE` reads a file, `@-` stdin."),
    ] = None,
    show_headers: Annotated[
        bool, typer.Option("--show-headers", help="With --method, show the headers of the response.")
    ] = False,
    qualifier: Annotated[str, typer.Option("--qualifier", metavar="Q", help="Version or alias to call.")] = "$DEFAULT",
    folder: Annotated[
        str | None,
        typer.Option("--project", metavar="PATH", help="Project that provides the region, the stage and .env."),
    ] = None,
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """Call a function and show its result, log, duration and memory. Exits with 1 when the function fails.

    A web function is called by its URL, by default with GET at /. A status of 400 or more is a failure.
    """
    if wait and not (asynchronous and (connection.local or connection.endpoint)):
        raise UsageError(message("--wait requires --async, and --local or --endpoint"))
    if method is None and (header or body is not None or show_headers):
        raise UsageError(message("--header, --body and --show-headers require --method"))
    if method is not None and (event is not None or template is not None or asynchronous):
        raise UsageError(message("--method cannot be combined with --event, --template and --async"))
    if method is None and path is not None and folder is not None:
        raise UsageError(message("--path and --project name the same without --method; give one of them"))
    if method is None and path is not None and path.startswith("/") and not os.path.exists(path):  # noqa: PTH110
        raise UsageError(
            message("--path {path} does not exist; add --method GET to make it the path of a request", path=repr(path))
        )
    request = make_request(folder or (path if method is None else None) or ".", **project._asdict())
    cloud = cloud_options(clock=clock, **connection._asdict())

    interrupted = message("interrupted; the function may have been called")

    def call() -> Invoked:
        if method is not None:
            if data is not None and body is not None:
                raise UsageError(message("only one of --data and --body can be given"))
            content = read_body(body) if body is not None else (data or "").encode()
            http = HttpRequest(_method(method), _path(path), _headers(request, header or (), content), content)
            return use_case(request, cloud, Call(name, qualifier=qualifier, http=http, shows_headers=show_headers))
        text = _event(request, name, event=event, template=template, data=data)
        return use_case(request, cloud, Call(name, text, qualifier, asynchronous, wait))

    run_and_exit(OutputOptions("invoke", output, *display), call, done_if_ok, interrupted=interrupted)


def _event(request: Request, name: str, *, event: str | None, template: str | None, data: str | None) -> str:
    if sum(option is not None for option in (event, template, data)) > 1:
        raise UsageError(message("only one of --event, --template and --data can be given"))
    if event is not None:
        return read_event(event)
    if template is not None:
        from scfdeploy.operations.template import read_template

        return read_template(request, name, template)
    return require_json(data, "--data") if data is not None else ""


def _method(text: str) -> str:
    method = text.upper()
    if method not in _METHODS:
        raise UsageError(message("--method takes {choices}", choices=", ".join(_METHODS)))
    return method


def _path(text: str | None) -> str:
    path = "/" if text is None else text
    if not path.startswith("/") or not path.isprintable():
        raise UsageError(
            message(
                "with --method, --path is the path of the request and begins with a slash; --project names the project"
            )
        )
    return path


def _headers(request: Request, texts: Sequence[str], content: bytes) -> tuple[tuple[str, str], ...]:
    """The headers. Values whose names say so are secret, and a body has a type."""
    headers = []
    for text in texts:
        match = _HEADER.fullmatch(text)
        if match is None:
            raise UsageError(message("--header takes KEY:VALUE"))  # the text can be a secret
        if match["name"].lower() in _OWN_HEADERS:
            raise UsageError(message("--header cannot set {name}", name=match["name"]))
        if looks_secret(match["name"]) or match["name"].lower() == "authorization":
            request.load.secrets.add(match["value"].strip())
        headers.append((match["name"], match["value"].strip()))
    if content and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json" if _is_json(content) else "text/plain; charset=utf-8"))
    return tuple(headers)


def _is_json(content: bytes) -> bool:
    import json

    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True
