"""scfdeploy, and functions of tests, as processes of their own, forked from one that has loaded them.

A signal, a limit or a full disk acts on them as on the installed program. `command_process` is one that runs, as of
`subprocess.Popen`; `run_scfdeploy` and `run_function` wait for its end, as `subprocess.run` does. Without `env` they
have the environment of the tests without what scfdeploy reads of it; with `env`, no other. What is decided when Python
starts (`PYTHON...` variables) is that of the test process.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from tests.support.command import Ran
from tests.support.preloaded_command import CALL, ForkedCommand, fork_command

# Commands on a real account take minutes.
_LONGEST_S = 600.0


@dataclass
class CommandProcess:
    """A command that runs. `stdout` and `stderr` are what it writes there, unless they go elsewhere."""

    stdout: TextIO
    stderr: TextIO
    _command: ForkedCommand = field(repr=False)
    returncode: int | None = None

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        self._command.send_signal(number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; returns the exit code, or minus the signal."""
        if self.returncode is None:
            self.returncode = self._command.wait(timeout)
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for the end; returns what is left of stdout and stderr."""
        with ThreadPoolExecutor(2) as readers:
            written = [readers.submit(stream.read) for stream in (self.stdout, self.stderr)]
            try:
                self.wait(timeout)
            except BaseException:
                self._command.close()
                raise
            return written[0].result(), written[1].result()


@contextmanager
def command_process(
    *arguments: str | Path,
    folder: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: int | None = None,
    stdout: int | None = None,
    stderr: int | None = None,
) -> Iterator[CommandProcess]:
    """Start a command; stdin is empty, and stdout and stderr are pipes, unless descriptors are given.

    It is killed at the end of the block if it still runs.
    """
    with ExitStack() as stack:
        # Pipes also for `run_function`: a limit of the size of files must not act on what is printed.
        (out, to_out), (err, to_err) = _pipe(stack), _pipe(stack)
        empty = stack.enter_context(open(os.devnull, "rb"))  # noqa: PTH123
        command = fork_command(
            [str(argument) for argument in arguments],
            folder=folder or Path.cwd(),
            environment=clean_environment() if env is None else env,
            streams=(
                empty.fileno() if stdin is None else stdin,
                to_out.fileno() if stdout is None else stdout,
                to_err.fileno() if stderr is None else stderr,
            ),
        )
        stack.callback(command.close)
        to_out.close()
        to_err.close()
        yield CommandProcess(out, err, command)


def run_scfdeploy(
    *arguments: str | Path, folder: Path | None = None, env: Mapping[str, str] | None = None, stdin: str = ""
) -> Ran:
    """Run a command to its end; a negative exit code is the signal that ended it. If it hangs, `TimeoutError`."""
    with tempfile.TemporaryFile() as given:
        given.write(stdin.encode())
        given.seek(0)
        with command_process(*arguments, folder=folder, env=env, stdin=given.fileno()) as process:
            stdout, stderr = process.communicate(timeout=_LONGEST_S)
        return Ran(process.wait(), stdout, stderr)


def run_function(
    call: str, *arguments: object, folder: Path | None = None, env: Mapping[str, str] | None = None
) -> Ran:
    """Call `package.module:function` with JSON values in a process, to its end; its result is the exit code."""
    return run_scfdeploy(*function_words(call, arguments), folder=folder, env=env)


def function_words(call: str, arguments: Sequence[object]) -> list[str]:
    """The words by which `fork_command` calls a function in place of the program."""
    return [CALL, call, json.dumps(arguments)]


def become_scfdeploy(arguments: list[str]) -> int:
    """Be the program: for functions that `run_function` calls, after what they prepare."""
    from scfdeploy.cli import main

    sys.argv = ["scfdeploy", *arguments]
    main()
    return 0


def clean_environment() -> dict[str, str]:
    """The environment of the tests without credentials and settings of scfdeploy."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("TENCENT", "SCFDEPLOY_", "STAGE"))
    }


def _pipe(stack: ExitStack) -> tuple[TextIO, TextIO]:
    reading, writing = os.pipe()
    return (
        stack.enter_context(open(reading, encoding="utf-8")),  # noqa: PTH123
        stack.enter_context(open(writing, "w", encoding="utf-8")),  # noqa: PTH123
    )
