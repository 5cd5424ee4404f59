"""Looks at processes that a test has had started."""

from __future__ import annotations

import os
import select

_LONGEST_S = 10


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or goes at once: one that was killed takes a moment."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], _LONGEST_S)[0])
    finally:
        os.close(descriptor)
