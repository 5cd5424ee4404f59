"""What is certain about the cloud's time: never more than its responses prove."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import tzset

import pytest

from scfdeploy.providers.tencent.transport.cloud_time import CloudTime, is_past, unix_time

NOON = "Sun, 29 Nov 2026 04:00:00 GMT"
AT_NOON = datetime(2026, 11, 29, 4, tzinfo=UTC).timestamp()


def test_nothing_is_known_before_the_first_response() -> None:
    time = CloudTime()
    time.begin()
    assert time.latest is None
    assert time.at_beginning is None


def test_time_at_the_beginning_is_reduced_by_the_duration_of_the_first_call() -> None:
    time = CloudTime()
    time.begin()
    time.note(NOON, started=10.0, ended=12.5)
    assert time.at_beginning == AT_NOON - 2.5
    assert time.latest == AT_NOON


def test_call_that_began_first_counts_whichever_ends_first() -> None:
    time = CloudTime()
    time.begin()
    time.note("Sun, 29 Nov 2026 04:00:09 GMT", started=12.0, ended=13.0)
    time.note(NOON, started=10.0, ended=14.0)
    assert time.at_beginning == AT_NOON - 4.0
    assert time.latest == AT_NOON + 9


def test_response_before_the_beginning_counts_in_full() -> None:
    time = CloudTime()
    time.note(NOON, started=10.0, ended=12.0)
    time.begin()
    assert time.at_beginning == AT_NOON
    time.note(NOON, started=13.0, ended=14.0)
    assert time.at_beginning == AT_NOON


@pytest.mark.parametrize("date", ["Sun Nov 29 04:00:00 2026", "Sun, 29 Nov 2026 04:00:00 -0000"])
def test_date_without_a_zone_is_in_utc(date: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the zone of a machine west of Greenwich, it would name a time that the cloud has not reached."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "EST5")
        tzset()
        found = unix_time(date)
    tzset()
    assert found == AT_NOON


@pytest.mark.parametrize("date", [None, "", "yesterday", "Sun, 99 Nov 2026 04:00:00 GMT", "0"])
def test_unreadable_date_says_nothing(date: str | None) -> None:
    time = CloudTime()
    time.note(date, started=0.0, ended=1.0)
    assert time.latest is None


@pytest.mark.parametrize(
    ("modified", "offset_s", "expected"),
    [
        ("2026-11-29 12:00:00", 1.0, True),
        ("2026-11-29 12:00:00", 0.9, False),  # the second is not over
        ("2026-11-29 12:00:00", -1.0, False),
        ("2026-11-29 12:00:00", -3600.0, False),
        ("2026-11-29 12:00:00", 86_400.0 * 40 + 1, True),
        ("2026-11-29 04:00:00", 0.5, False),  # the same second, if the time is in UTC
        ("2026-11-29 09:30:00", 0.5, False),  # the same in India
        ("2026-11-29T12:00", 60.0, False),
        ("2026-13-29 12:00:00", 60.0, False),
        ("", 60.0, False),
    ],
)
def test_second_of_a_modification_is_over(modified: str, offset_s: float, expected: bool) -> None:
    assert is_past(modified, AT_NOON + offset_s) is expected


def test_second_is_never_over_at_an_unknown_time() -> None:
    assert not is_past("2020-01-01 00:00:00", None)


def test_no_change_after_the_moment_can_have_an_accepted_time() -> None:
    """In every zone of whole quarters of an hour."""
    moment = AT_NOON + 0.4
    for quarters in range(-48, 57):
        later = datetime.fromtimestamp(moment, UTC) + timedelta(minutes=15 * quarters)
        assert not is_past(later.strftime("%Y-%m-%d %H:%M:%S"), moment)
