"""`scfdeploy alias set` and `scfdeploy alias shift`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scfdeploy.cli import options
from scfdeploy.cli.approval import run_alias_change
from scfdeploy.cli.arguments import cloud_options, make_request
from scfdeploy.cli.command_app import CommandApp
from scfdeploy.cli.exits import UsageError
from scfdeploy.cli.groups import ConnectionOptions, DisplayOptions, ProjectOptions
from scfdeploy.cli.output import OutputOptions
from scfdeploy.diagnostics import message

if TYPE_CHECKING:
    from scfdeploy.providers.clock import Clock

app = CommandApp(no_args_is_help=True, help="Point an alias to a version.")
_Name = Annotated[str, typer.Argument(metavar="NAME", help="The alias, such as prod or $DEFAULT.")]
_To = Annotated[str, typer.Option("--to", metavar="V", help="A version number, $LATEST, or newest.")]
_Function = Annotated[
    str,
    typer.Option(
        "--function", metavar="NAME", help="`name` or `namespace/name`; optional if the project has only one function."
    ),
]


@app.command("set")
def set_alias(
    name: _Name,
    *,
    clock: Clock | None = None,
    to: _To,
    weight: Annotated[
        list[str] | None,
        typer.Option("--weight", metavar="V=SHARE", help="Share of calls for one other version, from 0 to 1."),
    ] = None,
    description: Annotated[
        str | None, typer.Option("--description", metavar="TEXT", help="Description of the alias.")
    ] = None,
    function: _Function = "",
    yes: options.Yes = False,
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """Point an alias to a version at once. Creates the alias if it does not exist. Asks for approval first."""
    from scfdeploy.operations.alias.target import AliasTarget
    from scfdeploy.operations.alias.target import set_alias as use_case

    request = make_request(path, **project._asdict())
    cloud = cloud_options(clock=clock, **connection._asdict())
    target = AliasTarget(_alias_name(name), to, _weights(weight or []), description)
    screen = OutputOptions("alias set", output, *display)
    run_alias_change(screen, lambda hooks: use_case(request, cloud, function, target, hooks), yes=yes)


@app.command()
def shift(
    name: _Name,
    *,
    clock: Clock | None = None,
    to: _To,
    steps: Annotated[
        str,
        typer.Option(
            "--steps", metavar="N,N,…", help="Rising percentages of calls; below 100 the traffic stays split."
        ),
    ] = "100",
    interval: Annotated[
        float, typer.Option("--interval", metavar="S", min=0, help="Seconds to wait after each step.")
    ] = 0,
    check: Annotated[
        str | None,
        typer.Option(
            "--check", metavar="CMD", help="Command to run after each wait, without a shell; a failure rolls back."
        ),
    ] = None,
    check_timeout: Annotated[
        float,
        typer.Option("--check-timeout", metavar="S", min=1, help="Time limit for each check in seconds."),
    ] = 600,
    function: _Function = "",
    yes: options.Yes = False,
    path: options.ProjectPath = ".",
    project: ProjectOptions,
    output: options.OutputFormat = "text",
    connection: ConnectionOptions,
    display: DisplayOptions,
) -> None:
    """Shift the traffic of an alias to a version step by step. Asks for approval first.

    After each step, waits for --interval and runs --check; a failed check rolls back. Ctrl-C leaves the alias at the
    current step and shows its route.
    """
    from scfdeploy.operations.alias.traffic_shift import TrafficShift
    from scfdeploy.operations.alias.traffic_shift import shift as use_case

    request = make_request(path, **project._asdict(), hooks=True)
    cloud = cloud_options(clock=clock, **connection._asdict())
    screen = OutputOptions("alias shift", output, *display)
    traffic = TrafficShift(_alias_name(name), to, _steps(steps), interval, _check(check), check_timeout)
    run_alias_change(screen, lambda hooks: use_case(request, cloud, function, traffic, hooks), yes=yes)


def _alias_name(name: str) -> str:
    from scfdeploy.facts.platform import is_alias_name

    if not is_alias_name(name):
        raise UsageError(
            message("{name} is not an alias name: write a letter, then letters, digits, - and _", name=repr(name))
        )
    return name


def _weights(texts: list[str]) -> tuple[tuple[str, float], ...]:
    from scfdeploy.facts import limit

    if len(texts) > limit("alias.more_versions.max"):
        raise UsageError(message("--weight can be given only once: an alias has at most one other version"))
    return tuple(_weight(text) for text in texts)


def _weight(text: str) -> tuple[str, float]:
    version, _, share = text.partition("=")
    try:
        weight = float(share)
    except ValueError:
        weight = -1.0
    if not version or not 0 <= weight <= 1:
        raise UsageError(
            message("--weight takes VERSION=SHARE with a share from 0 to 1, such as 7=0.1, not {text}", text=repr(text))
        )
    return version, weight


def _check(text: str | None) -> tuple[str, ...]:
    from scfdeploy.diagnostics import ScfDeployError
    from scfdeploy.operations.alias.check_command import split_command

    try:
        return () if text is None else split_command(text)
    except ScfDeployError as error:
        raise UsageError(" ".join(part for part in (error.message, error.hint) if part)) from error


def _steps(text: str) -> tuple[int, ...]:
    from scfdeploy.model.value import whole_number

    parts = [part.strip() for part in text.split(",")]
    numbers = [number for part in parts if (number := whole_number(part)) is not None]
    if len(numbers) < len(parts) or numbers != sorted(set(numbers)) or not 0 < numbers[0] <= numbers[-1] <= 100:
        raise UsageError(
            message("--steps takes rising percentages from 1 to 100, such as 10,50,100, not {text}", text=repr(text))
        )
    return tuple(numbers)
