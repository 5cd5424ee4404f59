"""Parses numbers of requests."""

from __future__ import annotations

_MOST_DIGITS = 18
_MOST_SECONDS = 10 * 366 * 86400


def whole_number(text: str) -> int | None:
    """Parse a non-negative integer of at most 18 ASCII digits; None for any other text.

    `str.isdigit` knows digits that `int` refuses, such as a raised two, and `int` refuses thousands of them.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def seconds_of(value: object) -> float | None:
    """A duration in seconds from JSON; None unless it is a number from 0 to ten years."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST_SECONDS:
        return None
    return float(value)
