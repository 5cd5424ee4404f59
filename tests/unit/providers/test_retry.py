from __future__ import annotations

import pytest

from scfdeploy.providers.base import ErrorKind
from scfdeploy.providers.retry import Attempts, RetryPolicy
from tests.support.fake_clock import FakeClock


def test_waits_double_up_to_the_cap() -> None:
    attempts = Attempts(RetryPolicy(base_s=1, cap_s=5), FakeClock(), lambda: 1.0)
    assert [attempts.delay_after(ErrorKind.BUSY) for _ in range(5)] == [1, 2, 4, 5, 5]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_a_wait_is_any_part_of_it(share: float) -> None:
    attempts = Attempts(RetryPolicy(base_s=1), FakeClock(), lambda: share)
    assert attempts.delay_after(ErrorKind.THROTTLED) == pytest.approx(share)


@pytest.mark.parametrize("kind", [ErrorKind.REJECTED, ErrorKind.MISSING, ErrorKind.EXISTS])
def test_permanent_error_is_not_retried(kind: ErrorKind) -> None:
    assert Attempts(RetryPolicy(), FakeClock(), lambda: 0.0).delay_after(kind) is None


def test_unclear_answers_are_counted() -> None:
    attempts = Attempts(RetryPolicy(ambiguous_tries=3), FakeClock(), lambda: 0.0)
    assert [attempts.delay_after(ErrorKind.AMBIGUOUS) for _ in range(3)] == [0, 0, None]


def test_the_budget_ends_it() -> None:
    clock = FakeClock()
    attempts = Attempts(RetryPolicy(budget_s=10, base_s=4), clock, lambda: 1.0)
    assert attempts.delay_after(ErrorKind.BUSY) == 4
    clock.sleep(7)
    assert attempts.delay_after(ErrorKind.BUSY) is None


def test_a_number_of_retries_ends_it_whatever_it_failed_of() -> None:
    attempts = Attempts(RetryPolicy(retries=2), FakeClock(), lambda: 0.0)
    kinds = [ErrorKind.THROTTLED, ErrorKind.BUSY, ErrorKind.AMBIGUOUS]
    assert [attempts.delay_after(kind) for kind in kinds] == [0, 0, None]
    assert Attempts(RetryPolicy(retries=0), FakeClock(), lambda: 0.0).delay_after(ErrorKind.THROTTLED) is None


def test_no_try_comes_after_the_end_of_the_run() -> None:
    clock = FakeClock()
    attempts = Attempts(RetryPolicy(base_s=4), clock, lambda: 1.0, deadline=clock.monotonic() + 5)
    assert [attempts.delay_after(ErrorKind.BUSY) for _ in range(2)] == [4, None]
