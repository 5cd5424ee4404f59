from __future__ import annotations

import pytest

from scfdeploy.providers.base import ErrorKind
from scfdeploy.providers.retry import Attempts, RetryPolicy
from tests.support.fake_clock import FakeClock


def test_delays_double_up_to_the_cap() -> None:
    attempts = Attempts(RetryPolicy(base_s=1, cap_s=5), FakeClock(), lambda: 1.0)
    assert [attempts.delay_after(ErrorKind.BUSY) for _ in range(5)] == [1, 2, 4, 5, 5]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_delay_is_a_random_part(share: float) -> None:
    attempts = Attempts(RetryPolicy(base_s=1), FakeClock(), lambda: share)
    assert attempts.delay_after(ErrorKind.THROTTLED) == pytest.approx(share)


@pytest.mark.parametrize("kind", [ErrorKind.REJECTED, ErrorKind.MISSING, ErrorKind.EXISTS])
def test_permanent_error_is_not_retried(kind: ErrorKind) -> None:
    assert Attempts(RetryPolicy(), FakeClock(), lambda: 0.0).delay_after(kind) is None


def test_ambiguous_failures_are_limited() -> None:
    attempts = Attempts(RetryPolicy(ambiguous_tries=3), FakeClock(), lambda: 0.0)
    assert [attempts.delay_after(ErrorKind.AMBIGUOUS) for _ in range(3)] == [0, 0, None]


def test_budget_limits_retries() -> None:
    clock = FakeClock()
    attempts = Attempts(RetryPolicy(budget_s=10, base_s=4), clock, lambda: 1.0)
    assert attempts.delay_after(ErrorKind.BUSY) == 4
    clock.sleep(7)
    assert attempts.delay_after(ErrorKind.BUSY) is None


def test_number_of_retries_is_limited_for_every_kind() -> None:
    attempts = Attempts(RetryPolicy(retries=2), FakeClock(), lambda: 0.0)
    kinds = [ErrorKind.THROTTLED, ErrorKind.BUSY, ErrorKind.AMBIGUOUS]
    assert [attempts.delay_after(kind) for kind in kinds] == [0, 0, None]
    assert Attempts(RetryPolicy(retries=0), FakeClock(), lambda: 0.0).delay_after(ErrorKind.THROTTLED) is None


def test_no_attempt_starts_after_the_deadline() -> None:
    clock = FakeClock()
    attempts = Attempts(RetryPolicy(base_s=4), clock, lambda: 1.0, deadline=clock.monotonic() + 5)
    assert [attempts.delay_after(ErrorKind.BUSY) for _ in range(2)] == [4, None]
