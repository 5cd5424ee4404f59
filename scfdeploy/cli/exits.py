"""How a command ends early.

Exceptions of our own: to load Typer takes longer than most commands run, so only `cli/typer_commands.py` knows it.
"""

from __future__ import annotations


class Exit(Exception):  # noqa: N818 - no error
    """Ends the process with an exit code."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


class UsageError(Exception):
    """Wrong usage. Shown with the usage line of the command; the exit code is 2."""
