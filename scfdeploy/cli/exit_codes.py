"""What the process tells the one who started it."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes, a contract with users' scripts."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    INVALID = 3
    CHANGES = 4
    PARTLY_APPLIED = 5
    INTERRUPTED = 130
