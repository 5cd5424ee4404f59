from __future__ import annotations

import random
import threading

import pytest

from scfdeploy.providers.retry import RateLimiter, documented_rate, least_seconds
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


def test_calls_of_a_second_start_at_once_and_later_ones_are_spaced() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock, rate=lambda _: 4.0)
    starts = []
    for _ in range(10):
        limiter.acquire("GetFunction")
        starts.append(clock.monotonic())
    assert starts == pytest.approx([0, 0, 0, 0, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25])


def test_smaller_burst_starts_at_once_and_later_calls_are_spaced() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock, rate=lambda _: 10.0, burst=3)
    starts = []
    for _ in range(6):
        limiter.acquire("GetFunction")
        starts.append(clock.monotonic())
    assert starts == pytest.approx([0, 0, 0, 0.3, 0.4, 0.5])


@pytest.mark.parametrize("seed", range(20))
def test_no_second_has_more_calls_than_the_rate(seed: int) -> None:
    clock, draw = FakeClock(), random.Random(seed)
    limiter = RateLimiter(clock, rate=lambda _: 5.0)
    starts: list[float] = []
    for _ in range(100):
        clock.sleep(draw.choice([0.0, 0.0, 0.0, 0.05, 0.3, 1.5]))
        if draw.random() < 0.05:
            limiter.hold("GetFunction", 0.5)
        limiter.acquire("GetFunction")
        starts.append(clock.monotonic())
    assert all(later - first >= 1.0 - 1e-9 for first, later in zip(starts, starts[5:], strict=False))


@pytest.mark.parametrize("calls", [1, 20, 21, 60])
def test_least_seconds_are_those_of_the_limiter(calls: int) -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock)
    for _ in range(calls):
        limiter.acquire("ListTriggers")
    assert clock.monotonic() == pytest.approx(least_seconds("ListTriggers", calls))


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
    assert clock.monotonic() == pytest.approx(100.3)


def test_hold_delays_all_callers() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock, rate=lambda _: 10.0, burst=3)
    limiter.hold("GetFunction", 2.0)
    starts = []
    for _ in range(3):
        limiter.acquire("GetFunction")
        starts.append(clock.monotonic())
    assert starts == pytest.approx([2.0, 2.1, 2.2])


def starts_of(limiter: RateLimiter, clock: FakeClock, calls: int) -> list[float]:
    starts = []
    for _ in range(calls):
        limiter.acquire("GetFunction")
        starts.append(clock.monotonic())
    return starts


def test_action_with_mostly_throttled_calls_falls_back_to_the_default_rate() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock)
    starts_of(limiter, clock, 40)
    for _ in range(30):
        limiter.hold("GetFunction", 0.5)
    assert starts_of(limiter, clock, 21) == pytest.approx([0.5 + number / 20 for number in range(21)])
    clock.sleep(20)
    assert starts_of(limiter, clock, 100) == pytest.approx([21.5] * 100)


def test_action_with_few_throttled_calls_keeps_its_rate() -> None:
    clock = FakeClock()
    limiter = RateLimiter(clock)
    starts_of(limiter, clock, 60)
    for _ in range(20):
        limiter.hold("GetFunction", 0.5)
    first, *others = starts_of(limiter, clock, 31)
    assert others[-1] - first == pytest.approx(0.3)


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
