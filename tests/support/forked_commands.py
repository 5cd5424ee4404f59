"""Commands as processes of their own, made by forking one that has loaded everything: for killing many of them.

A forked process is a real one: a signal ends it as it ends the installed program. What runs in it is what the command
line runs, with the server's clock in place of the machine's.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.command import Ran
from tests.support.command_process import clean_environment, function_words
from tests.support.preloaded_command import ForkedCommand, fork_command
from tests.support.server_clock import ServerClock

if TYPE_CHECKING:
    from scfdeploy.operations.apply import ApplyHooks
    from scfdeploy.operations.request import CloudOptions, Request
    from scfdeploy.plan import Policy
    from scfdeploy.results import Applied


@dataclass(frozen=True)
class CommandSpec:
    """One command, by a name of `_COMMANDS`. `out` is where stdout goes; stderr goes beside it, to `<out>.err`.

    `saved` is the file of `plan` and `apply --plan`; `seed` is that of the numbers by which waits are spread.
    """

    command: str
    folder: str
    url: str
    out: str
    prune: bool = True
    keep: int | None = None
    parallelism: int = 32
    timeout: float | None = None
    retries: int | None = None
    seed: int = 0
    output: str = "json"
    saved: str = ""
    refresh: str = "full"


class CommandRunner:
    """Starts commands. Threads may share it; what it started runs side by side."""

    def __init__(self) -> None:
        self._running: dict[int, ForkedCommand] = {}

    def start(self, order: CommandSpec) -> int:
        """Begin; returns the process id."""
        # Files, and not pipes: nobody reads while it runs.
        with (
            Path(os.devnull).open() as stdin,
            Path(order.out).open("w") as out,
            Path(f"{order.out}.err").open("w") as err,
        ):
            process = fork_command(
                function_words(f"{__name__}:run_command", [asdict(order)]),
                folder=Path.cwd(),
                environment=clean_environment(),
                streams=(stdin.fileno(), out.fileno(), err.fileno()),
            )
        self._running[process.pid] = process
        return process.pid

    def end(self, pid: int, order: CommandSpec) -> Ran:
        """Wait for the end of what was started; a negative exit code is the signal that ended it."""
        code = self._running.pop(pid).wait()
        return Ran(code, Path(order.out).read_text(), Path(f"{order.out}.err").read_text())

    def run(self, order: CommandSpec) -> Ran:
        return self.end(self.start(order), order)


def run_command(order: dict[str, Any]) -> int:
    """Be the command: the function that the forked process calls."""
    from scfdeploy.cli.exits import Exit

    try:
        _command(CommandSpec(**order))
    except Exit as end:
        return int(end.exit_code)
    return 99


def _command(order: CommandSpec) -> None:
    from scfdeploy.cli.arguments import cloud_options

    options = {
        "parallelism": order.parallelism,
        "timeout": order.timeout,
        "retries": order.retries,
        "refresh": order.refresh,
    }
    where = replace(
        cloud_options(endpoint=order.url, **options),  # type: ignore[arg-type]
        clock=ServerClock(order.url),
        random=random.Random(order.seed).random,
    )
    _COMMANDS[order.command](order, where)


def _apply(order: CommandSpec, where: CloudOptions) -> None:
    from scfdeploy.operations.apply import apply

    _carry_out(order, lambda asked, hooks: apply(asked, where, _policy(order), hooks))


def _destroy(order: CommandSpec, where: CloudOptions) -> None:
    from scfdeploy.operations.apply import destroy

    _carry_out(order, lambda asked, hooks: destroy(asked, where, _policy(order), hooks))


def _plan(order: CommandSpec, where: CloudOptions) -> None:
    from scfdeploy.cli.arguments import make_request
    from scfdeploy.cli.exits import ExitCode
    from scfdeploy.cli.output import OutputOptions, run_and_exit
    from scfdeploy.operations.saved_plans import plan_to_file

    asked = make_request(order.folder)
    run_and_exit(
        OutputOptions("plan", order.output),
        lambda: plan_to_file(asked, where, _policy(order), out=order.saved),
        lambda result: ExitCode.DONE if result.ok else ExitCode.FAILED,
    )


def _apply_plan(order: CommandSpec, where: CloudOptions) -> None:
    from scfdeploy.operations.saved_plans import apply_saved

    _carry_out(order, lambda asked, hooks: apply_saved(asked, where, hooks, file=order.saved))


def _set_alias(order: CommandSpec, where: CloudOptions) -> None:
    """The alias prod goes to $LATEST."""
    from scfdeploy.cli.approval import run_alias_change
    from scfdeploy.cli.arguments import make_request
    from scfdeploy.cli.output import OutputOptions
    from scfdeploy.operations.alias.target import AliasTarget, set_alias

    asked = make_request(order.folder)
    screen = OutputOptions("alias set", order.output)
    run_alias_change(screen, lambda hooks: set_alias(asked, where, "", AliasTarget("prod", "$LATEST"), hooks), yes=True)


def _shift(order: CommandSpec, where: CloudOptions) -> None:
    """The alias prod goes from its version to $LATEST, with pauses."""
    from scfdeploy.cli.approval import run_alias_change
    from scfdeploy.cli.arguments import make_request
    from scfdeploy.cli.output import OutputOptions
    from scfdeploy.operations.alias.traffic_shift import TrafficShift, shift

    asked = make_request(order.folder)
    wish = TrafficShift("prod", "$LATEST", (10, 50, 100), interval_s=30)
    screen = OutputOptions("alias shift", order.output)
    run_alias_change(screen, lambda hooks: shift(asked, where, "", wish, hooks), yes=True)


def _import(order: CommandSpec, where: CloudOptions) -> None:
    """With code, two functions of the changing project as it first was."""
    from scfdeploy.cli.arguments import function_address, make_request
    from scfdeploy.cli.exits import ExitCode
    from scfdeploy.cli.output import OutputOptions, run_and_exit
    from scfdeploy.operations.import_.operation import ImportOptions, import_functions

    functions = tuple(function_address(name, "default") for name in ("change", "keep"))
    run_and_exit(
        OutputOptions("import", order.output),
        lambda: import_functions(make_request(order.folder), where, ImportOptions(functions, order.folder, code=True)),
        lambda result: ExitCode.DONE if result.ok else ExitCode.INVALID,
    )


_COMMANDS: dict[str, Callable[[CommandSpec, CloudOptions], None]] = {
    "apply": _apply,
    "destroy": _destroy,
    "plan": _plan,
    "apply --plan": _apply_plan,
    "alias set": _set_alias,
    "alias shift": _shift,
    "import --code": _import,
}


def _carry_out(order: CommandSpec, use_case: Callable[[Request, ApplyHooks], Applied]) -> None:
    from scfdeploy.cli.approval import run_apply
    from scfdeploy.cli.arguments import make_request
    from scfdeploy.cli.output import OutputOptions

    asked = make_request(order.folder)
    run_apply(OutputOptions(order.command.split()[0], order.output), lambda hooks: use_case(asked, hooks), yes=True)


def _policy(order: CommandSpec) -> Policy:
    from scfdeploy.plan import Policy

    return Policy(prune=order.prune, keep=order.keep)
