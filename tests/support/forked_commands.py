"""Commands as processes of their own, made by forking one that has loaded everything: for killing many of them.

A forked process is a real one: a signal ends it as it ends the installed program. What runs in it is what the command
line runs, with the server's clock in place of the machine's.

    order, one JSON line on stdin   {"start": Order} | {"wait": PID}
    answer, one JSON line on stdout {"pid": PID}     | {"code": EXIT CODE, or minus the signal, or null while it runs}
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from scfdeploy.operations.apply import ApplyHooks
    from scfdeploy.operations.request import CloudOptions, Request
    from scfdeploy.plan import Policy
    from scfdeploy.results import Applied

_LOOK_AGAIN_S = 0.002


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


@dataclass(frozen=True)
class CommandResult:
    """How a process ended: its exit code (negative: the signal), and what it had written by then."""

    code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.stdout)
        return found


class CommandRunner:
    """The process that forks. Threads may share it; what it started runs side by side."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._lock = threading.Lock()
        self._to: IO[str] = process.stdin
        self._from: IO[str] = process.stdout

    def start(self, order: CommandSpec) -> int:
        """Begin; returns the process id."""
        return int(self._ask({"start": asdict(order)})["pid"])

    def end(self, pid: int, order: CommandSpec) -> CommandResult:
        """Wait for the end of what was started."""
        while (code := self._ask({"wait": pid})["code"]) is None:
            time.sleep(_LOOK_AGAIN_S)  # noqa: TID251 - for a process, not for the server
        return CommandResult(int(code), Path(order.out).read_text(), Path(f"{order.out}.err").read_text())

    def run(self, order: CommandSpec) -> CommandResult:
        return self.end(self.start(order), order)

    def _ask(self, what: dict[str, Any]) -> Any:
        with self._lock:
            self._to.write(json.dumps(what) + "\n")
            self._to.flush()
            return json.loads(self._from.readline())


@contextmanager
def command_runner() -> Iterator[CommandRunner]:
    """Start the process that forks; it ends with the block."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("TENCENT", "SCFDEPLOY_", "STAGE"))
    }
    command = [sys.executable, "-m", "tests.support.forked_commands"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean) as process:
        yield CommandRunner(process)
        assert process.stdin is not None
        process.stdin.close()


def _serve() -> None:
    _load_everything()
    for line in sys.stdin:
        asked = json.loads(line)
        if "start" in asked:
            answer = {"pid": _fork(CommandSpec(**asked["start"]))}
        else:
            ended, status = os.waitpid(asked["wait"], os.WNOHANG)
            answer = {"code": os.waitstatus_to_exitcode(status) if ended else None}
        print(json.dumps(answer), flush=True)


def _fork(order: CommandSpec) -> int:
    pid = os.fork()
    if pid == 0:
        _be(order)
    return pid


def _be(order: CommandSpec) -> NoReturn:
    """Become the command: from here to the end nothing of the forking process matters."""
    import traceback

    from scfdeploy.cli.exits import Exit

    code = 99
    with open(order.out, "w") as out, open(f"{order.out}.err", "w") as err:  # noqa: PTH123
        sys.stdin.close()
        sys.stdout, sys.stderr = out, err
        try:
            _command(order)
        except Exit as end:
            code = int(end.exit_code)
        except BaseException:  # noqa: BLE001 - the end of a process
            traceback.print_exc()
    os._exit(code)


def _command(order: CommandSpec) -> None:
    from scfdeploy.cli.arguments import cloud_options
    from tests.support.server_clock import ServerClock

    options = {"parallelism": order.parallelism, "timeout": order.timeout, "retries": order.retries}
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
    from scfdeploy.cli.exit_codes import ExitCode
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
    from scfdeploy.cli.exit_codes import ExitCode
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


def _load_everything() -> None:
    import concurrent.futures.thread
    import http.client
    import importlib

    for name in (
        "scfdeploy.providers.tencent.cos.bucket",
        "requests",
        "tencentcloud.common.common_client",
        "ruamel.yaml",
        "scfdeploy.cli.arguments",
        "scfdeploy.cli.approval",
        "scfdeploy.operations.import_.operation",
        "scfdeploy.operations.saved_plans",
        "scfdeploy.operations.alias.traffic_shift",
        "scfdeploy.providers.tencent.transport.sdk",
        "scfdeploy.report.formats",
        "scfdeploy.report.document",
        "scfdeploy.report.progress",
        "scfdeploy.report.text",
        "scfdeploy.rules",
        "tests.support.server_clock",
    ):
        importlib.import_module(name)
    assert concurrent.futures.thread
    assert http.client


if __name__ == "__main__":
    _serve()
