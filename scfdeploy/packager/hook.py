"""Runs the command that makes the code of a folder or archive, as `src.hook` has it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping

from scfdeploy.diagnostics import Diagnostics
from scfdeploy.model import Hook
from scfdeploy.packager.command import Ended, run_command
from scfdeploy.packager.findings import shown

_LAST_LINES = 10


def run_hook(
    hook: Hook,
    diagnostics: Diagnostics,
    *,
    environment: Mapping[str, str],
    tell: Callable[[str], None],
    limit_s: float,
) -> None:
    """Run the command by the shell until it has ended, whatever it leaves running. Each line it says goes to `tell`.

    One that fails goes to `diagnostics`, with its exit code and last lines; so does one that takes more than `limit_s`
    seconds, which is ended then, with all that it started.
    """
    tell(f"$ {hook.command}")
    last: deque[str] = deque(maxlen=_LAST_LINES)

    def hear(line: str) -> None:
        tell(line)
        last.append(line)

    try:
        ended = run_command(hook.command, folder=hook.cwd, environment=environment, tell=hear, limit_s=limit_s)
    except OSError as wrong:
        ended, last = Ended(127), deque([wrong.strerror or str(wrong)])
    if ended == Ended(0):
        return
    said = f" Its last lines:\n{chr(10).join(map(shown, last))}" if last else " It said nothing."
    diagnostics.error(
        "hook-failed",
        hook.span,
        "Command before packing failed",
        detail=f'"{shown(hook.command)}" in "{shown(hook.cwd)}" {_how(ended, limit_s)}.{said}',
        hint="Give --hook-timeout SECONDS if it needs longer, or pack what is there with --no-hook."
        if ended.timed_out
        else "Run it there by hand until it succeeds, or pack what is there with --no-hook.",
    )


def _how(ended: Ended, limit_s: float) -> str:
    if ended.timed_out:
        return f"did not end within {limit_s:g} seconds and was stopped, with all that it had started"
    return f"was ended by signal {-ended.code}" if ended.code < 0 else f"ended with exit code {ended.code}"
