"""Kills the processes of functions when the server ends without doing so itself, as after SIGKILL.

Run as `python guardian.py`. Standard input has the line `+ID` for each process group that starts and `-ID` for each
that ended. When the server ends, the input ends, and all groups that are left are killed: a frozen process would
otherwise stay for ever.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys


def main() -> None:
    """Follow the lines of the server to their end."""
    groups: set[int] = set()
    for line in sys.stdin.buffer:
        change = groups.add if line.startswith(b"+") else groups.discard
        change(int(line[1:]))
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
