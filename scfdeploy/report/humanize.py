"""Plurals, sizes and durations in words."""

from __future__ import annotations

from scfdeploy.diagnostics import message


def plural(number: int, one: str, many: str) -> str:
    """`one` or `many`, two literal templates with `{number}`: `1 error`, `2 errors`."""
    return message(one if number == 1 else many, number=number)


def size(number: float) -> str:
    """A number of bytes: `512 B`, `1.2 MB`, in steps of 1024 like the platform."""
    for unit in ("B", "KB", "MB"):
        if number < 1024:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} GB"


def duration(seconds: float) -> str:
    """`0.3 s`, `12.0 s`, `2 min 5 s`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return message("{minutes} min {seconds} s", minutes=minutes, seconds=rest)
