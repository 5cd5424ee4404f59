"""Whether a text is a schedule: seven fields (second to year), or the older five (minute to week day)."""

from __future__ import annotations

import re

from scfdeploy.emulator.numbers import whole_number

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
# Words that only days know: any, last, nearest working day, the nth such day of the month.
_SPECIAL = {_DAY: re.compile(r"\?|L|LW|\d{1,2}W"), _WEEK: re.compile(r"\?|L|[0-6]L|[0-6]#[1-5]")}


def is_schedule(text: str) -> bool:
    """Whether the platform would take `text` as a schedule."""
    fields = text.split()
    bounds = {7: _SEVEN, 5: _FIVE}.get(len(fields))
    return bounds is not None and all(map(_is_field, fields, bounds))


def _is_field(field: str, bounds: tuple[int, int]) -> bool:
    special = _SPECIAL.get(bounds)
    return all((special is not None and special.fullmatch(p)) or _is_part(p, bounds) for p in field.split(","))


def _is_part(part: str, bounds: tuple[int, int]) -> bool:
    span, slash, step = part.partition("/")
    if slash and not whole_number(step):
        return False
    if span == "*":
        return True
    first, dash, last = span.partition("-")
    low, high = _number(first), _number(last if dash else first)
    return low is not None and high is not None and bounds[0] <= low <= high <= bounds[1]


def _number(text: str) -> int | None:
    found = whole_number(text)
    return _NAMES.get(text.upper()) if found is None else found
