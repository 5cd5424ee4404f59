"""When clock expressions fire next; croniter is the oracle where both dialects say the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scfdeploy.triggers.cron import parse
from scfdeploy.triggers.cron_times import fires_ever, next_times

START = datetime(2026, 1, 1, 0, 0, 0)  # a Thursday


def times(expression: str, count: int = 3) -> list[str]:
    return [f"{moment:%Y-%m-%d %H:%M:%S}" for moment in next_times(expression, START, count)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("*/5 * * * * * *", ["2026-01-01 00:00:05", "2026-01-01 00:00:10", "2026-01-01 00:00:15"]),
        ("0 15 10 1 * * *", ["2026-01-01 10:15:00", "2026-02-01 10:15:00", "2026-03-01 10:15:00"]),
        ("0 15 10 * * MON-FRI *", ["2026-01-01 10:15:00", "2026-01-02 10:15:00", "2026-01-05 10:15:00"]),
        ("0 0 0 L * ? *", ["2026-01-31 00:00:00", "2026-02-28 00:00:00", "2026-03-31 00:00:00"]),
        ("0 0 0 LW * ? *", ["2026-01-30 00:00:00", "2026-02-27 00:00:00", "2026-03-31 00:00:00"]),
        ("0 0 0 1W * ? *", ["2026-02-02 00:00:00", "2026-03-02 00:00:00", "2026-04-01 00:00:00"]),
        ("0 0 0 31W * ? *", ["2026-01-30 00:00:00", "2026-03-31 00:00:00", "2026-05-29 00:00:00"]),
        ("0 0 0 ? * 5L *", ["2026-01-30 00:00:00", "2026-02-27 00:00:00", "2026-03-27 00:00:00"]),
        ("0 0 0 ? * MON#2 *", ["2026-01-12 00:00:00", "2026-02-09 00:00:00", "2026-03-09 00:00:00"]),
        ("0 0 0 ? * 4#5 *", ["2026-01-29 00:00:00", "2026-04-30 00:00:00", "2026-07-30 00:00:00"]),
        ("0 0 0 13 * FRI *", ["2026-01-02 00:00:00", "2026-01-09 00:00:00", "2026-01-13 00:00:00"]),
        ("0 0 0 29 2 * *", ["2028-02-29 00:00:00", "2032-02-29 00:00:00", "2036-02-29 00:00:00"]),
        ("0 0 0 1 1 * 2027", ["2027-01-01 00:00:00"]),
        ("0 0 0 30 2 * *", []),
        ("30 8 * * *", ["2026-01-01 08:30:00", "2026-01-02 08:30:00", "2026-01-03 08:30:00"]),
    ],
)
def test_next_times(expression: str, expected: list[str]) -> None:
    assert times(expression) == expected


def test_the_moment_itself_is_not_next() -> None:
    (moment,) = next_times("0 0 0 1 1 * *", START, 1)

    assert moment == datetime(2027, 1, 1)


def test_the_zone_of_the_question_is_kept() -> None:
    (moment,) = next_times("0 0 8 * * * *", datetime(2026, 1, 1, tzinfo=UTC), 1)

    assert moment == datetime(2026, 1, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "ever"), [("0 0 0 30 2 * *", False), ("0 0 0 31 4,6 ? *", False), ("0 0 0 29 2 * *", True)]
)
def test_a_day_that_no_month_has_is_never(expression: str, ever: bool) -> None:
    assert fires_ever(parse(expression)) is ever


def field(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    pair = st.lists(number, min_size=2, max_size=2, unique=True).map(sorted)  # croniter takes 0-0 for all
    return st.one_of(
        st.just("*"),
        number.map(str),
        pair.map(lambda ends: f"{ends[0]}-{ends[1]}"),
        st.lists(number, min_size=1, max_size=3, unique=True).map(lambda many: ",".join(map(str, sorted(many)))),
    )


@settings(max_examples=150, deadline=None)
@given(
    second=field(0, 59),
    minute=field(0, 59),
    hour=field(0, 23),
    day=field(1, 28),
    month=field(1, 12),
    weekday=field(0, 5),  # croniter takes 0-6 for no limit
    start=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
)
def test_croniter_agrees(
    second: str, minute: str, hour: str, day: str, month: str, weekday: str, start: datetime
) -> None:
    croniter = pytest.importorskip("croniter").croniter
    start = start.replace(microsecond=0)
    oracle = croniter(f"{second} {minute} {hour} {day} {month} {weekday}", start, second_at_beginning=True)

    assert next_times(f"{second} {minute} {hour} {day} {month} {weekday} *", start, 3) == tuple(
        oracle.get_next(datetime) for _ in range(3)
    )
