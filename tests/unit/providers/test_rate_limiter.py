from __future__ import annotations

import threading

import pytest

from scfdeploy.providers.retry import RateLimiter, documented_rate
from tests.support.fake_clock import FakeClock


def test_documented_rates() -> None:
    rates = {
        "CreateFunction": 100,
        "CreateTrigger": 100,
        "DeleteFunction": 100,
        "DeleteTrigger": 100,
        "GetFunction": 100,
        "InvokeFunction": 10000,
        "ListFunctions": 100,
        "ListTriggers": 20,
        "PublishVersion": 20,
        "UpdateFunctionCode": 100,
        "UpdateFunctionConfiguration": 100,
        "UpdateTrigger": 20,
    }
    assert {action: documented_rate(action) for action in rates} == rates


def test_burst_starts_at_once_and_later_calls_are_spaced() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock, rate=lambda _: 10.0, burst=3)
    starts = []
    for _ in range(6):
        limiter.acquire("GetFunction")
        starts.append(clock.monotonic())
    assert starts == pytest.approx([0, 0, 0, 0.1, 0.2, 0.3])


def test_actions_have_separate_limits() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock, rate=lambda _: 1.0, burst=1)
    limiter.acquire("GetFunction")
    limiter.acquire("ListTriggers")
    assert clock.slept == []


def test_idle_time_saves_at_most_one_burst() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock, rate=lambda _: 10.0, burst=2)
    limiter.acquire("GetFunction")
    clock.sleep(100)
    for _ in range(4):
        limiter.acquire("GetFunction")
    assert clock.monotonic() == pytest.approx(100.2)


def test_hold_delays_all_callers() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock, rate=lambda _: 10.0, burst=3)
    limiter.hold("GetFunction", 2.0)
    starts = []
    for _ in range(3):
        limiter.acquire("GetFunction")
        starts.append(clock.monotonic())
    assert starts == pytest.approx([2.0, 2.1, 2.2])


def test_threads_share_one_limit() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock, rate=lambda _: 100.0, burst=1)
    threads = [threading.Thread(target=limiter.acquire, args=("GetFunction",)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    limiter.acquire("GetFunction")
    assert clock.monotonic() >= 0.19
