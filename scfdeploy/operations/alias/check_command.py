"""Runs the command that decides whether a shift of calls goes on."""

from __future__ import annotations

import re
import shlex
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.packager.command import run_command

TIMED_OUT = 124
"""The exit code of a check that took too long, as `timeout` has it."""

_QUOTED = re.compile(r"""'[^']*'|"(?:\\.|[^"\\])*"|\\.""", re.DOTALL)
_EXPANDED = re.compile(r"(?<!\\)(?:\$[A-Za-z_{(]\w*|`)")
_OPERATOR = re.compile(r"&&|\|\||[;|&<>()]")


def split_command(command: str) -> tuple[str, ...]:
    """The command and its arguments, split as a shell would; no shell ever sees them.

    Raises ScfDeployError for what only a shell understands, and for a quote that is not closed.
    """
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise ScfDeployError(f"--check cannot be read: {str(error).lower()}.", hint="Close the quotes.") from error
    if not words:
        raise ScfDeployError("--check names no command.")
    bare = _QUOTED.sub(_expanded_in, command)
    meant = _EXPANDED.search(bare) or _OPERATOR.search(bare)
    if meant is not None:
        by_shell = shlex.quote(f"sh -c {shlex.quote(command)}")
        raise ScfDeployError(
            f"--check is run without a shell, to which alone {meant[0]} means something.",
            hint=f"Put it in single quotes, or start a shell: --check {by_shell}",
        )
    return words


def _expanded_in(quoted: re.Match[str]) -> str:
    """What a shell would act on within quotes: only double ones let it."""
    return " ".join(_EXPANDED.findall(quoted[0])) if quoted[0].startswith('"') else " "


def require_executable(words: Sequence[str], *, folder: str, environment: Mapping[str, str]) -> None:
    """Raise ScfDeployError when the command cannot be run: better before anything is shifted than after."""
    program = words[0]
    path = f"{folder}/{program}" if "/" in program and not program.startswith("/") else program
    if shutil.which(path, path=environment.get("PATH")) is None:
        raise ScfDeployError(f"--check: there is no command {program} that can be run")


def run_check(
    words: Sequence[str],
    *,
    folder: str,
    environment: Mapping[str, str],
    tell: Callable[[str], None],
    limit_s: float,
    stop: threading.Event,
) -> int:
    """Run the command until it has ended; each line that it says goes to `tell`. Gives its exit code.

    One that takes longer than `limit_s` seconds is ended, with all that it started, and has failed; `stop` ends it too.
    """
    try:
        ended = run_command(words, folder=folder, environment=environment, tell=tell, limit_s=limit_s, stop=stop)
    except OSError as error:
        tell(error.strerror or str(error))
        return 127
    if ended.timed_out:
        tell(f"the check did not end within {limit_s:g} seconds and was stopped")
        return TIMED_OUT
    return ended.code
