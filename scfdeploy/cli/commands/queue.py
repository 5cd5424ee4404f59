"""`scfdeploy queue`: the local queues and topics that dead letters go to."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from scfdeploy.cli import options
from scfdeploy.cli.arguments import cloud_options, make_request
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.groups import DisplayOptions, EmulatorOptions, ProjectOptions
from scfdeploy.cli.output import OutputOptions, done_if_ok, run_and_exit
from scfdeploy.cli.questions import ask
from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.operations.request import CloudOptions, Request

if TYPE_CHECKING:
    from scfdeploy.results.queues import QueueResult

app = CommandApp(no_args_is_help=True, help="Show and use the local queues that dead letters go to.")
_Name = Annotated[str, typer.Argument(metavar="NAME", help="The queue or topic.")]
_Topic = Annotated[str, typer.Argument(metavar="TOPIC", help="The topic.")]
_Tag = Annotated[str, typer.Option("--tag", metavar="T", help="Only messages with this tag.")]


@app.command("list")
def list_queues(
    *,
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    emulator: EmulatorOptions,
    display: DisplayOptions,
) -> None:
    """List the local queues and topics.

    The table has the number of messages, the oldest message and the failed deliveries.
    """
    from scfdeploy.operations import queue

    _run("queue list", path, project, output, emulator, display, queue.list_queues)


@app.command()
def show(
    name: _Name,
    *,
    number: Annotated[int, typer.Option("-n", metavar="N", min=1, max=10_000, help="Number of messages.")] = 10,
    explain: Annotated[bool, typer.Option("--explain", help="Print the meaning of each field.")] = False,
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    emulator: EmulatorOptions,
    display: DisplayOptions,
) -> None:
    """Show the oldest messages of a queue without removing them."""
    from scfdeploy.operations import queue

    call = partial(queue.show, name=name, limit=number, explain=explain)
    _run("queue show", path, project, output, emulator, display, call)


@app.command("test")
def call_handler(
    name: _Name,
    *,
    handler: Annotated[str, typer.Option("--handler", metavar="FUNCTION", help="The function to call.")],
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    emulator: EmulatorOptions,
    display: DisplayOptions,
) -> None:
    """Call a function with each message of a queue. The messages stay in it. Exits with 1 when a call fails."""
    from scfdeploy.operations import queue

    call = partial(queue.call_handler, name=name, handler=handler)
    _run("queue test", path, project, output, emulator, display, call)


@app.command()
def redrive(
    name: _Name,
    *,
    to: Annotated[str, typer.Option("--to", metavar="FUNCTION", help="Send to this function instead.")] = "",
    ids: Annotated[list[int] | None, typer.Option("--id", metavar="ID", help="Only this message; repeatable.")] = None,
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    emulator: EmulatorOptions,
    display: DisplayOptions,
) -> None:
    """Send the event of each dead letter again. A message leaves the queue when its event is accepted."""
    from scfdeploy.operations import queue

    call = partial(queue.redrive, name=name, to=to, ids=ids or ())
    _run("queue redrive", path, project, output, emulator, display, call)


@app.command()
def purge(
    name: _Name,
    *,
    yes: options.Yes = False,
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    emulator: EmulatorOptions,
    display: DisplayOptions,
) -> None:
    """Delete all messages of a queue. Asks for approval first."""
    from scfdeploy.operations import queue

    def call(request: Request, cloud: CloudOptions) -> QueueResult:
        if not yes:
            _confirm_purge(name, queue.count_messages(request, cloud, name))
        return queue.purge(request, cloud, name)

    _run("queue purge", path, project, output, emulator, display, call)


@app.command()
def create(
    name: _Name,
    *,
    topic: Annotated[bool, typer.Option("--topic", help="Create a topic.")] = False,
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    emulator: EmulatorOptions,
    display: DisplayOptions,
) -> None:
    """Create a local queue or topic."""
    from scfdeploy.operations import queue

    _run("queue create", path, project, output, emulator, display, partial(queue.create, name=name, topic=topic))


@app.command()
def subscribe(
    topic: _Topic,
    *,
    to: Annotated[str, typer.Option("--to", metavar="NAME", help="A queue or function.")],
    tag: _Tag = "",
    binding_key: Annotated[
        str, typer.Option("--binding-key", metavar="K", help="Only messages whose routing key fits, such as a.* or #.")
    ] = "",
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    emulator: EmulatorOptions,
    display: DisplayOptions,
) -> None:
    """Add a queue or function as a subscriber of a topic."""
    from scfdeploy.operations import queue

    call = partial(queue.subscribe, topic=topic, to=to, tag=tag, binding_key=binding_key)
    _run("queue subscribe", path, project, output, emulator, display, call)


@app.command()
def send(
    name: _Topic,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The message.")],
    *,
    tag: Annotated[str, typer.Option("--tag", metavar="T", help="Tag of the message; several with commas.")] = "",
    key: Annotated[str, typer.Option("--key", metavar="K", help="Routing key of the message.")] = "",
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    emulator: EmulatorOptions,
    display: DisplayOptions,
) -> None:
    """Publish a message to a topic. It starts the functions with a trigger of the topic."""
    from scfdeploy.operations import queue

    call = partial(queue.send, name=name, text=text, tag=tag, key=key)
    _run("queue send", path, project, output, emulator, display, call)


def _run(
    command: str,
    path: str,
    project: ProjectOptions,
    output: str,
    emulator: EmulatorOptions,
    display: DisplayOptions,
    use_case: Callable[[Request, CloudOptions], QueueResult],
) -> None:
    request = make_request(path, **project._asdict())
    cloud = cloud_options(**emulator.as_arguments())
    screen = OutputOptions(command, output, *display)
    run_and_exit(screen, lambda: use_case(request, cloud), done_if_ok)


def _confirm_purge(name: str, count: int) -> None:
    if not sys.stdin.isatty():
        raise ScfDeployError(
            message("{name} was not purged: there is no terminal to ask for approval on", name=name),
            hint=message("Give --yes to delete its messages without asking."),
        )
    question = message("Delete {count} messages from {name}? Type 'yes' to continue:", count=count, name=name)
    answer = ask(question, prompt_suffix=" ", default="", show_default=False)
    if answer not in ("yes", message("yes")):
        raise ScfDeployError(message("{name} was not purged.", name=name))
