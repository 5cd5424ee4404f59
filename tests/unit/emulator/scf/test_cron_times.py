"""When timers fire: the server and the project's own reading of expressions agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scfdeploy.emulator.scf.triggers.cron import is_cron, next_time
from scfdeploy.triggers.cron_times import next_times

CHINA = timezone(timedelta(hours=8))
START = datetime(2026, 11, 27, 8, 59, 30, tzinfo=CHINA)  # a Friday


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 0 9 * * MON-FRI *", "2026-11-27 09:00:00"),
        ("0 0 8 * * MON-FRI *", "2026-11-30 08:00:00"),
        ("0 0 8 * * mon *", "2026-11-30 08:00:00"),
        ("30 59 8 * * * *", "2026-11-28 08:59:30"),
        ("*/20 * * * * * *", "2026-11-27 08:59:40"),
        ("0 */5 9-17 * * * *", "2026-11-27 09:00:00"),
        ("0 0 0 L * * *", "2026-11-30 00:00:00"),
        ("0 0 0 LW * * *", "2026-11-30 00:00:00"),
        ("0 0 0 15W 8 * *", "2027-08-16 00:00:00"),
        ("0 0 0 ? * 5L *", "2026-12-25 00:00:00"),
        ("0 0 0 ? * 1#2 *", "2026-12-14 00:00:00"),
        ("0 0 0 29 FEB * *", "2028-02-29 00:00:00"),
        ("0 0 0 1 * MON *", "2026-11-30 00:00:00"),
        ("0 0 0 1 1 * 2030", "2030-01-01 00:00:00"),
        ("59 59 23 31 DEC * 2099", "2099-12-31 23:59:59"),
        ("0 9 * * *", "2026-11-27 09:00:00"),
        ("30 2 1 * *", "2026-12-01 02:30:00"),
    ],
)
def test_next_time_of_expression(expression: str, expected: str) -> None:
    assert is_cron(expression)
    moment = next_time(expression, START)
    assert moment is not None
    assert f"{moment:%Y-%m-%d %H:%M:%S}" == expected
    assert moment.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize("expression", ["0 0 0 30 2 * *", "0 0 0 1 1 * 2020", "0 0 0 31W 2 ? *", "0 0 0 0W * ? *"])
def test_expression_that_never_fires_has_no_next_time(expression: str) -> None:
    assert next_time(expression, START) is None


def _values(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    span = st.tuples(number, number).map(lambda pair: f"{min(pair)}-{max(pair)}")
    step = st.tuples(st.one_of(number.map(str), st.just("*"), span), st.integers(1, 9)).map(lambda s: f"{s[0]}/{s[1]}")
    return st.lists(st.one_of(st.just("*"), number.map(str), span, step), min_size=1, max_size=2).map(",".join)


@given(
    st.tuples(
        _values(0, 59),
        _values(0, 59),
        _values(0, 23),
        st.one_of(_values(1, 31), st.sampled_from(["?", "L", "LW", "15W", "1W,L", "31W"])),
        _values(1, 12),
        st.one_of(_values(0, 6), st.sampled_from(["?", "L", "5L", "2#3", "1#5,SAT"])),
        st.sampled_from(["*", "2026-2030", "2027"]),
    ),
    st.booleans(),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC)),
)
def test_server_and_project_agree(fields: tuple[str, ...], is_older: bool, after: datetime) -> None:
    expression = " ".join(fields[1:6] if is_older else fields)
    assert is_cron(expression)
    expected = next_times(expression, after, 1)
    assert next_time(expression, after) == (expected[0] if expected else None)
