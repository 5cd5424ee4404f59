"""Counts what a test of reliability tries; `tests/support/counts.py` brings the counts of all tests together."""

from __future__ import annotations

import threading
from typing import TypeAlias

Rows: TypeAlias = dict[str, dict[str, int]]
"""What was tried, by the name of a row and of a number in it."""

_lock = threading.Lock()
_since_taken: Rows = {}


def measure(what: str, **numbers: int) -> None:
    """Add to the counts of a row. Said before anything is asserted, it counts what fails, too."""
    with _lock:
        add(_since_taken, {what: numbers})


def take() -> Rows:
    """What was counted in this process since it was taken last."""
    with _lock:
        taken = {what: dict(numbers) for what, numbers in _since_taken.items()}
        _since_taken.clear()
        return taken


def add(to: Rows, rows: Rows) -> None:
    """Add counts to others."""
    for what, numbers in rows.items():
        row = to.setdefault(what, {})
        for name, number in numbers.items():
            row[name] = row.get(name, 0) + number
