"""Whole numbers that come as text: from the cloud, or from a command line."""

from __future__ import annotations

_MOST_DIGITS = 18


def whole_number(text: str) -> int | None:
    """What plain digits stand for; None for anything else, and for more digits than any number here has.

    `str.isdigit` also knows digits that `int` refuses, such as a raised two, and `int` refuses thousands of them.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
