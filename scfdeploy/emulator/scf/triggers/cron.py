"""Checks cron expressions: seven fields (second to year), or the older five (minute to day of the week)."""

from __future__ import annotations

import re

from scfdeploy.emulator.messages import parse_number

_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_NAMES = {name: number for number, name in enumerate(_MONTHS, 1)} | {name: n for n, name in enumerate(_DAYS)}
_SECOND, _MINUTE, _HOUR, _DAY, _MONTH, _WEEK, _YEAR = (
    (0, 59),
    (0, 59),
    (0, 23),
    (1, 31),
    (1, 12),
    (0, 6),
    (1970, 2099),
)
_SEVEN = (_SECOND, _MINUTE, _HOUR, _DAY, _MONTH, _WEEK, _YEAR)
_FIVE = (_MINUTE, _HOUR, _DAY, _MONTH, _WEEK)
# Only days have these: any, last, nearest working day, the nth such day of the month.
_SPECIAL = {_DAY: re.compile(r"\?|L|LW|\d{1,2}W"), _WEEK: re.compile(r"\?|L|[0-6]L|[0-6]#[1-5]")}


def is_cron(text: str) -> bool:
    """Whether the platform accepts `text` as a cron expression."""
    fields = text.split()
    bounds = {7: _SEVEN, 5: _FIVE}.get(len(fields))
    return bounds is not None and all(map(_is_field, fields, bounds))


def _is_field(field: str, bounds: tuple[int, int]) -> bool:
    special = _SPECIAL.get(bounds)
    return all((special and special.fullmatch(item)) or _is_range(item, bounds) for item in field.split(","))


def _is_range(item: str, bounds: tuple[int, int]) -> bool:
    limits, slash, step = item.partition("/")
    if slash and not parse_number(step):
        return False
    if limits == "*":
        return True
    first, dash, last = limits.partition("-")
    low, high = _number(first), _number(last if dash else first)
    return low is not None and high is not None and bounds[0] <= low <= high <= bounds[1]


def _number(text: str) -> int | None:
    number = parse_number(text)
    return _NAMES.get(text.upper()) if number is None else number
