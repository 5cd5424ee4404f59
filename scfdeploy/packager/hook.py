"""Runs the command that makes the code of a folder or archive, as `src.hook` has it."""

from __future__ import annotations

import subprocess
from collections import deque
from collections.abc import Callable, Mapping

from scfdeploy.diagnostics import Diagnostics
from scfdeploy.model import Hook
from scfdeploy.packager.findings import shown

_LAST_LINES = 10


def run_hook(
    hook: Hook, diagnostics: Diagnostics, *, environment: Mapping[str, str], tell: Callable[[str], None]
) -> None:
    """Run the command by the shell and wait for it. Each line of its output goes to `tell`.

    One that fails goes to `diagnostics`, with its exit code and last lines.
    """
    tell(f"$ {hook.command}")
    last: deque[str] = deque(maxlen=_LAST_LINES)
    try:
        code = _run(hook, environment, tell, last)
    except OSError as wrong:
        code, last = 127, deque([wrong.strerror or str(wrong)])
    if code == 0:
        return
    ended = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    said = f" Its last lines:\n{chr(10).join(map(shown, last))}" if last else " It said nothing."
    diagnostics.error(
        "hook-failed",
        hook.span,
        "Command before packing failed",
        detail=f'"{shown(hook.command)}" in "{shown(hook.cwd)}" {ended}.{said}',
        hint="Run it there by hand until it succeeds, or pack what is there with --no-hook.",
    )


def _run(hook: Hook, environment: Mapping[str, str], tell: Callable[[str], None], last: deque[str]) -> int:
    # The shell is the point: the user wrote a command line, and wrote it for this.
    with subprocess.Popen(  # noqa: S602
        hook.command,
        shell=True,
        cwd=hook.cwd,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            text = line.rstrip("\r\n")
            tell(text)
            last.append(text)
    return process.returncode
