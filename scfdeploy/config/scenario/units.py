"""Durations and sizes, as scenarios write them."""

from __future__ import annotations

import re

_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|min|h|d))+")
_PART = re.compile(r"([\d.]+)(ms|min|s|m|h|d)")
_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_SIZE = re.compile(r"(\d+)\s*(B|KB|MB)?")
_BYTES = {"B": 1, "KB": 1024, "MB": 1024 * 1024}
_LONGEST = 40


def duration_ms(text: str) -> int | None:
    """The milliseconds of `90s`, `10m`, `1h30m` or a number of seconds; None for any other text."""
    if len(text) > _LONGEST:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return round(float(text) * 1000)
    if not _DURATION.fullmatch(text):
        return None
    return round(sum(float(number) * _MILLISECONDS[unit] for number, unit in _PART.findall(text)))


def size_bytes(text: str) -> int | None:
    """The bytes of `64KB`, `4MB` or a number; None for any other text. 1 KB is 1,024 bytes."""
    match = _SIZE.fullmatch(text) if len(text) <= _LONGEST else None
    return int(match[1]) * _BYTES[match[2] or "B"] if match else None
