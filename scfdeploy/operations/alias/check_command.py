"""Parse and run the check command of a traffic shift."""

from __future__ import annotations

import re
import shlex
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.packager.command import run_command

TIMED_OUT = 124
"""The exit code of a check that exceeds its time limit, as of the command `timeout`."""

_CANNOT_START = 127

_QUOTED = re.compile(r"""'[^']*'|"(?:\\.|[^"\\])*"|\\.""", re.DOTALL)
_EXPANDED = re.compile(r"(?<!\\)(?:\$[A-Za-z_{(]\w*|`)")
_OPERATOR = re.compile(r"&&|\|\||[;|&<>()]")


def split_command(command: str) -> tuple[str, ...]:
    """Split a command into words like a shell, for a run without a shell.

    Raises ScfDeployError for shell syntax such as `&&` and `$NAME`, and for an unclosed quote.
    """
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise ScfDeployError(
            message("--check cannot be parsed: {reason}.", reason=str(error).lower()), hint=message("Close the quotes.")
        ) from error
    if not words:
        raise ScfDeployError(message("--check is empty."))
    unquoted = _QUOTED.sub(_expansions, command)
    syntax = _EXPANDED.search(unquoted) or _OPERATOR.search(unquoted)
    if syntax is not None:
        shell_command = shlex.quote(f"sh -c {shlex.quote(command)}")
        raise ScfDeployError(
            message("--check contains the shell syntax {syntax}, but runs without a shell.", syntax=syntax[0]),
            hint=message(
                "Put it in single quotes, or start a shell: --check {shell_command}", shell_command=shell_command
            ),
        )
    return words


def _expansions(quoted: re.Match[str]) -> str:
    """The parts of a quoted string that a shell would expand; there are none in single quotes."""
    return " ".join(_EXPANDED.findall(quoted[0])) if quoted[0].startswith('"') else " "


def require_executable(words: Sequence[str], *, folder: str, environment: Mapping[str, str]) -> None:
    """Raise ScfDeployError if there is no such command, before any traffic is shifted."""
    program = words[0]
    path = f"{folder}/{program}" if "/" in program and not program.startswith("/") else program
    if shutil.which(path, path=environment.get("PATH")) is None:
        raise ScfDeployError(
            message("--check: the command {program} does not exist or is not executable", program=program)
        )


def run_check(
    words: Sequence[str],
    *,
    folder: str,
    environment: Mapping[str, str],
    on_output: Callable[[str], None],
    limit_s: float,
    stop: threading.Event,
) -> int:
    """Run the command and return its exit code; each line of its output goes to `on_output`.

    After `limit_s` seconds, or when `stop` is set, the command and all its child processes are killed.
    """
    try:
        result = run_command(
            words, folder=folder, environment=environment, on_output=on_output, timeout_s=limit_s, stop=stop
        )
    except OSError as error:
        on_output(error.strerror or str(error))
        return _CANNOT_START
    if result.timed_out:
        on_output(message("the check was stopped after its time limit of {seconds} s", seconds=f"{limit_s:g}"))
        return TIMED_OUT
    return result.code
