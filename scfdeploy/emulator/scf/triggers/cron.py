"""Cron expressions: seven fields (second to year), or the older five (minute to day of the week).

`is_cron` says whether the platform accepts an expression; `next_time` when it fires.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from itertools import product

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
_SUNDAY, _SATURDAY = 0, 6


@dataclass(slots=True)
class _Field:
    """The values of one field."""

    numbers: set[int] = field(default_factory=set)
    is_any: bool = False
    special: list[str] = field(default_factory=list)
    """Parts with `L`, `W` or `#`."""


def is_cron(text: str) -> bool:
    """Whether the platform accepts `text` as a cron expression."""
    fields = text.split()
    bounds = {7: _SEVEN, 5: _FIVE}.get(len(fields))
    return bounds is not None and all(map(_is_field, fields, bounds))


def next_time(expression: str, after: datetime) -> datetime | None:
    """The first time after `after`, in its time zone, at which a valid expression fires; None if it never does again.

    Five fields fire at second 0. When both the day and the weekday are restricted,
    one of them is enough.
    """
    schedule = _parse(expression)
    second, minute, hour, *_, year = (sorted(each.numbers) for each in schedule)
    first = after.date()
    for day in (day for number in year if number >= first.year for day in _days(schedule, number, first)):
        for at_hour in hour if day > first else (number for number in hour if number >= after.hour):
            is_same_hour = day == first and at_hour == after.hour
            minutes = [number for number in minute if number >= after.minute] if is_same_hour else minute
            for at_minute, at_second in product(minutes, second):
                moment = datetime(day.year, day.month, day.day, at_hour, at_minute, at_second, tzinfo=after.tzinfo)
                if moment > after:
                    return moment
    return None


@lru_cache(maxsize=256)
def _parse(expression: str) -> tuple[_Field, ...]:
    fields = expression.split()
    if len(fields) == len(_FIVE):
        fields = ["0", *fields, "*"]
    return tuple(map(_parse_field, fields, _SEVEN))


def _parse_field(text: str, bounds: tuple[int, int]) -> _Field:
    result = _Field()
    special = _SPECIAL.get(bounds)
    for item in text.split(","):
        if item == "?":
            result.is_any = True
        elif item == "L" and bounds == _WEEK:
            result.numbers.add(_SATURDAY)  # the last day of a week that starts on Sunday
        elif special and special.fullmatch(item):
            result.special.append(item)
        else:
            limits, slash, step = item.partition("/")
            first, dash, last = limits.partition("-")
            low = bounds[0] if first == "*" else _number(first) or 0
            high = _number(last) or 0 if dash else bounds[1] if slash or first == "*" else low
            result.numbers.update(range(low, high + 1, int(step or 1)))
            result.is_any = result.is_any or (first == "*" and int(step or 1) == 1)
    return result


def _days(schedule: tuple[_Field, ...], year: int, first: date) -> Iterator[date]:
    """The days of one year, not before `first`, on which a schedule fires."""
    _, _, _, day, month, week, _ = schedule
    for number in sorted(month.numbers):
        if (year, number) < (first.year, first.month):
            continue
        length = calendar.monthrange(year, number)[1]
        every = set(range(1, length + 1))
        by_day = every if day.is_any else _days_of_month(day, year, number, length)
        by_week = every if week.is_any else _days_of_week(week, year, number, length)
        fitting = by_day & by_week if day.is_any or week.is_any else by_day | by_week
        yield from (moment for each in sorted(fitting) if (moment := date(year, number, each)) >= first)


def _days_of_month(field_: _Field, year: int, month: int, length: int) -> set[int]:
    days = {day for day in field_.numbers if day <= length}
    for item in field_.special:
        if item == "L":
            days.add(length)
        else:
            near = length if item == "LW" else int(item[:-1])
            days |= {_workday(year, month, near, length)} if 1 <= near <= length else set()
    return days


def _days_of_week(field_: _Field, year: int, month: int, length: int) -> set[int]:
    days = set()
    for day in range(1, length + 1):
        weekday = _weekday(year, month, day)
        names = {f"{weekday}#{(day + 6) // 7}", f"{weekday}L" if day + 7 > length else ""}
        if weekday in field_.numbers or names & set(field_.special):
            days.add(day)
    return days


def _workday(year: int, month: int, day: int, length: int) -> int:
    """The nearest day from Monday to Friday in the same month."""
    weekday = _weekday(year, month, day)
    if weekday == _SATURDAY:
        return day - 1 if day > 1 else day + 2
    if weekday == _SUNDAY:
        return day + 1 if day < length else day - 2
    return day


def _weekday(year: int, month: int, day: int) -> int:
    """0 is Sunday."""
    return (calendar.weekday(year, month, day) + 1) % 7


def _is_field(field_: str, bounds: tuple[int, int]) -> bool:
    special = _SPECIAL.get(bounds)
    return all((special and special.fullmatch(item)) or _is_range(item, bounds) for item in field_.split(","))


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
