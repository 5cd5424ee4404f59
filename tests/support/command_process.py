"""scfdeploy as a process of its own, as `subprocess.Popen` gives it, forked from one that has loaded it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from tests.support.preloaded_command import ForkedCommand, fork_command


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
        (out, to_out), (err, to_err) = _pipe(stack), _pipe(stack)
        empty = stack.enter_context(open(os.devnull, "rb"))  # noqa: PTH123
        command = fork_command(
            [str(argument) for argument in arguments],
            folder=folder or Path.cwd(),
            environment=os.environ if env is None else env,
            streams=tuple(
                default if given is None else given
                for given, default in ((stdin, empty.fileno()), (stdout, to_out.fileno()), (stderr, to_err.fileno()))
            ),  # type: ignore[arg-type]
        )
        stack.callback(command.close)
        to_out.close()
        to_err.close()
        yield CommandProcess(out, err, command)


def _pipe(stack: ExitStack) -> tuple[TextIO, TextIO]:
    reading, writing = os.pipe()
    return (
        stack.enter_context(open(reading, encoding="utf-8")),  # noqa: PTH123
        stack.enter_context(open(writing, "w", encoding="utf-8")),  # noqa: PTH123
    )
