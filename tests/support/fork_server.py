"""Functions of tests, and the program, in forks of a process that has loaded the program: see `preloaded_command`.

A signal, a limit or a full disk acts on them as on the installed program. `run_scfdeploy` is the program by its command
line; `fork_server().run("package.module:function", ...)` is any other function of JSON values.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.support.preloaded_command import CALL, ForkedCommand, fork_command

PROGRAM = f"{__name__}:run_program"
"""For the calls of a server: the program, by its arguments."""


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code (negative: the signal), and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


class ForkServer:
    """Starts functions in forks. Threads may share it; what it started runs side by side."""

    def start(
        self,
        call: str,
        *arguments: object,
        stdin: int,
        stdout: int,
        stderr: int,
        cwd: str | Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> ForkedCommand:
        """Call `package.module:function` in a new process with these descriptors; its result is the exit code.

        Without `env` it has the environment of the tests, without credentials and settings of scfdeploy.
        """
        return fork_command(
            [CALL, call, json.dumps(arguments)],
            folder=Path(cwd or Path.cwd()),
            environment=_clean_environment() if env is None else env,
            streams=(stdin, stdout, stderr),
        )

    def run(
        self,
        call: str,
        *arguments: object,
        cwd: str | Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
    ) -> Ended:
        """Start a process, wait for its end and give what it wrote."""
        with tempfile.TemporaryFile() as given, ExitStack() as ends:
            given.write(stdin.encode())
            given.seek(0)
            # Pipes: a limit of the size of files must not act on what is printed.
            (out, to_out), (err, to_err) = (_pipe(ends) for _ in range(2))
            streams = {"stdin": given.fileno(), "stdout": to_out.fileno(), "stderr": to_err.fileno()}
            process = self.start(call, *arguments, cwd=cwd, env=env, **streams)
            ends.callback(process.close)
            to_out.close()
            to_err.close()
            with ThreadPoolExecutor(1) as reader:
                errors = reader.submit(err.read)
                written = out.read()
            return Ended(process.wait(), written.decode(), errors.result().decode())


def _clean_environment() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("TENCENT", "SCFDEPLOY_", "STAGE"))
    }


def _pipe(ends: ExitStack) -> tuple[IO[bytes], IO[bytes]]:
    reading, writing = os.pipe()
    return ends.enter_context(open(reading, "rb")), ends.enter_context(open(writing, "wb"))  # noqa: PTH123


def fork_server() -> ForkServer:
    """The server of this test process."""
    return ForkServer()


def run_scfdeploy(
    *arguments: str | Path,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
) -> Ended:
    """Run the program with these arguments; with `env`, in no other environment.

    What is decided when Python starts (`PYTHON...` variables) is that of the test process.
    """
    typed = [str(argument) for argument in arguments]
    return fork_server().run(PROGRAM, typed, cwd=cwd, env=env, stdin=stdin)


def run_program(arguments: list[str]) -> int:
    """Be the installed program."""
    from scfdeploy.cli import main

    sys.argv = ["scfdeploy", *arguments]
    main()
    return 0
