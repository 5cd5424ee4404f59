"""Exit codes of the process."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes; scripts rely on them."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    INVALID = 3
    CHANGES = 4
    PARTLY_APPLIED = 5
    INTERRUPTED = 130
