"""Compute the next times at which a cron expression fires."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice

from scfdeploy.triggers.cron import Schedule, parse


def next_times(expression: str, after: datetime, count: int) -> tuple[datetime, ...]:
    """The next `count` times after `after` at which the expression fires; fewer when the schedule ends.

    The times are in the time zone of `after`: the platform's documents do not state the zone of a schedule. CronError
    when the expression is invalid.
    """
    return tuple(islice(_times(parse(expression), after), count))


def fires_ever(schedule: Schedule) -> bool:
    """Whether a schedule fires on any day. The 30th of February does not exist, for example."""
    return next(_days(schedule, date(schedule.years[0], 1, 1)), None) is not None


def _times(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    for day in _days(schedule, after.date()):
        first_hour = after.hour if day == after.date() else 0
        for hour in schedule.hours:
            if hour < first_hour:
                continue
            for minute in schedule.minutes:
                for second in schedule.seconds:
                    moment = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=after.tzinfo)
                    if moment > after:
                        yield moment


def _days(schedule: Schedule, first: date) -> Iterator[date]:
    for year in schedule.years:
        if year < first.year:
            continue
        for month in sorted(schedule.months):
            for number in sorted(_days_in(schedule, year, month)):
                day = date(year, month, number)
                if day >= first:
                    yield day


def _days_in(schedule: Schedule, year: int, month: int) -> set[int]:
    """The days of one month on which a schedule fires."""
    length = monthrange(year, month)[1]
    every = set(range(1, length + 1))
    by_day = every if schedule.any_day else _by_day(schedule, year, month, length)
    by_weekday = every if schedule.any_weekday else _by_weekday(schedule, year, month, length)
    if schedule.any_day or schedule.any_weekday:
        return by_day & by_weekday
    return by_day | by_weekday


def _by_day(schedule: Schedule, year: int, month: int, length: int) -> set[int]:
    found = {day for day in schedule.days if day <= length}
    if schedule.last_day:
        found.add(length)
    if schedule.last_workday:
        found.add(_workday_near(year, month, length, length))
    found.update(_workday_near(year, month, day, length) for day in schedule.near if day <= length)
    return found


def _by_weekday(schedule: Schedule, year: int, month: int, length: int) -> set[int]:
    found = set()
    for day in range(1, length + 1):
        weekday = _weekday(date(year, month, day))
        nth = (day + 6) // 7
        is_last = day + 7 > length
        if (
            weekday in schedule.weekdays
            or (weekday, nth) in schedule.nth_weekdays
            or (is_last and weekday in schedule.last_weekdays)
        ):
            found.add(day)
    return found


def _workday_near(year: int, month: int, day: int, length: int) -> int:
    """The nearest day from Monday to Friday in the same month."""
    match _weekday(date(year, month, day)):
        case 6:  # Saturday: the Friday before, or the Monday after when that Friday is in the previous month
            return day - 1 if day > 1 else day + 2
        case 0:  # Sunday: the Monday after, or the Friday before when that Monday is in the next month
            return day + 1 if day < length else day - 2
    return day


def _weekday(day: date) -> int:
    """The weekday as a cron expression counts it: Sunday is 0."""
    return day.isoweekday() % 7
