"""How a command ends: its exit codes, and what it raises to end early.

Exceptions of our own: to load Typer takes longer than most commands run, so only `cli/typer_commands.py` knows it.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of the process; scripts rely on them."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    INVALID = 3
    CHANGES = 4
    PARTLY_APPLIED = 5
    INTERRUPTED = 130


class Exit(Exception):  # noqa: N818 - no error
    """Ends the process with an exit code."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


class UsageError(Exception):
    """Wrong usage. Shown with the usage line of the command; the exit code is 2."""
