"""Polling of many functions with one list, and the end of deletions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from scfdeploy.model import Address
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness
from scfdeploy.providers.tencent.resources.function_status import FunctionStatusCache, FunctionWaiter, PollResult
from scfdeploy.providers.tencent.transport.cloud_time import CloudTime
from tests.support.answers import answering, failure
from tests.support.fake_clock import FakeClock

FUNCTIONS = [Address.of_function("default", f"f{number}") for number in range(250)]


class SlowCloud:
    """Responds to the reads of the cache; a page of the list takes half a second. The last functions come first."""

    def __init__(self, clock: FakeClock, functions: Sequence[Address] = FUNCTIONS[:20]) -> None:
        self._clock = clock
        self._functions = functions
        self.cloud_time = CloudTime()
        self.calls: Counter[str] = Counter()
        self.next_list: list[Callable[[], dict[str, Any]]] = []
        self.while_listing: Callable[[], None] = lambda: None

    def read(self, action: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self.calls[action] += 1
        if action == "GetFunction":
            return {"Status": "Active"}
        self.while_listing()
        self._clock.sleep(0.5)
        if self.next_list:
            return self.next_list.pop()()
        rows = [{"FunctionName": function.function, "Status": "Active"} for function in reversed(self._functions)]
        offset = params["Offset"]
        return {"Functions": rows[offset : offset + params["Limit"]], "TotalCount": len(rows)}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def cache_of(cloud: SlowCloud, clock: FakeClock) -> FunctionStatusCache:
    """A cache in which the first three functions were polled, so that another one needs the list."""
    statuses = FunctionStatusCache(cloud, clock)  # type: ignore[arg-type]
    for function in FUNCTIONS[:3]:
        statuses.poll(function, 0.0)
    return statuses


def failing_list() -> dict[str, Any]:
    raise CloudError(ErrorKind.REJECTED, "InternalError", "try again", action="ListFunctions")


def status(result: PollResult | None) -> str | None:
    """The status, None if the function does not exist. Fails if nothing is known."""
    assert result is not None
    return result.state.status if result.state is not None else None


def test_list_is_shared_by_all_callers(clock: FakeClock) -> None:
    cloud = SlowCloud(clock)
    statuses = cache_of(cloud, clock)
    assert {status(statuses.poll(function, 0.0)) for function in FUNCTIONS[3:20]} == {"Active"}
    assert cloud.calls == {"GetFunction": 3, "ListFunctions": 1}


def test_nobody_waits_for_the_list_of_another_caller(clock: FakeClock) -> None:
    cloud = SlowCloud(clock)
    statuses = cache_of(cloud, clock)
    meanwhile: list[PollResult | None] = []
    cloud.while_listing = lambda: meanwhile.append(statuses.poll(FUNCTIONS[5], 0.0))
    assert status(statuses.poll(FUNCTIONS[4], 0.0)) == "Active"
    assert meanwhile == [None]
    assert status(statuses.poll(FUNCTIONS[5], 0.0)) == "Active"
    assert cloud.calls["ListFunctions"] == 1


def test_write_after_list_start_needs_another_list(clock: FakeClock) -> None:
    cloud = SlowCloud(clock)
    statuses = cache_of(cloud, clock)
    statuses.poll(FUNCTIONS[4], 0.0)
    written_at = clock.monotonic()
    clock.sleep(2.0)
    assert status(statuses.poll(FUNCTIONS[5], written_at)) == "Active"
    assert cloud.calls["ListFunctions"] == 2


def test_next_list_is_read_after_as_long_as_the_last_one_took(clock: FakeClock) -> None:
    cloud = SlowCloud(clock)
    statuses = cache_of(cloud, clock)
    statuses.poll(FUNCTIONS[4], 0.0)
    written_at = clock.monotonic()
    clock.sleep(0.4)
    assert statuses.poll(FUNCTIONS[5], written_at) is None
    clock.sleep(0.1)
    assert status(statuses.poll(FUNCTIONS[5], written_at)) == "Active"


@pytest.mark.parametrize(("polled", "pages"), [(240, 1), (100, 2), (10, 3)])
def test_list_is_read_up_to_the_last_function_that_waits(clock: FakeClock, polled: int, pages: int) -> None:
    cloud = SlowCloud(clock, FUNCTIONS)
    statuses = cache_of(cloud, clock)
    assert status(statuses.poll(FUNCTIONS[polled], 0.0)) == "Active"
    assert cloud.calls == {"GetFunction": 3, "ListFunctions": pages}


def test_function_that_a_long_list_lacks_is_read(clock: FakeClock) -> None:
    cloud = SlowCloud(clock, FUNCTIONS)
    statuses = cache_of(cloud, clock)
    assert status(statuses.poll(Address.of_function("default", "other"), 0.0)) == "Active"
    assert cloud.calls == {"GetFunction": 4, "ListFunctions": 3}


def test_function_that_a_short_list_lacks_does_not_exist(clock: FakeClock) -> None:
    statuses = cache_of(SlowCloud(clock), clock)
    assert status(statuses.poll(Address.of_function("default", "other"), 0.0)) is None


@pytest.mark.parametrize(("second", "is_settled"), [("01", True), ("00", False)])
def test_list_also_settles_functions_that_nobody_polls_any_more(
    clock: FakeClock, second: str, is_settled: bool
) -> None:
    cloud = SlowCloud(clock)
    statuses = cache_of(cloud, clock)
    modified = "2026-11-29 12:00:00"
    rows = [{"FunctionName": name, "Status": "Active", "ModTime": modified} for name in ("f4", "f5")]
    cloud.next_list = [lambda: {"Functions": rows, "TotalCount": 2}]
    cloud.cloud_time.note(f"Sun, 29 Nov 2026 04:00:{second} GMT", started=0.0, ended=0.0)

    statuses.poll(FUNCTIONS[4], 0.0)
    assert statuses.is_settled(FUNCTIONS[5], modified) is is_settled


def test_waiter_uses_each_list_once(clock: FakeClock) -> None:
    cloud = SlowCloud(clock)
    statuses = cache_of(cloud, clock)
    waiter = FunctionWaiter(statuses, clock, FUNCTIONS[4], "DeleteFunction")
    cloud.next_list = [lambda: {"Functions": [], "TotalCount": 0}]
    statuses.poll(FUNCTIONS[5], 0.0)
    assert waiter.is_gone() is Readiness.PENDING  # this list began before
    clock.sleep(1.0)
    assert waiter.is_gone() is Readiness.PENDING
    cloud.next_list = [lambda: {"Functions": [], "TotalCount": 0}]
    assert waiter.is_gone() is Readiness.PENDING
    clock.sleep(1.0)
    assert waiter.is_gone() is Readiness.READY


@pytest.mark.parametrize("rows", [None, [{"FunctionName": "f4", "StatusReasons": 5}]], ids=["error", "malformed"])
def test_list_that_fails_is_repeated_for_the_next_caller(clock: FakeClock, rows: list[dict[str, Any]] | None) -> None:
    cloud = SlowCloud(clock)
    statuses = cache_of(cloud, clock)
    cloud.next_list = [failing_list if rows is None else lambda: {"Functions": rows, "TotalCount": 1}]

    with pytest.raises(CloudError):
        statuses.poll(FUNCTIONS[4], 0.0)
    assert status(statuses.poll(FUNCTIONS[5], 0.0)) == "Active"


@pytest.mark.parametrize(
    ("response", "readiness"),
    [(failure("ResourceNotFound.Function"), Readiness.READY), ({"Status": "Deleting"}, Readiness.PENDING)],
    ids=["missing", "deleting"],
)
def test_deletion_is_ready_when_the_function_is_missing(response: dict[str, Any], readiness: Readiness) -> None:
    clock = FakeClock()
    with answering(GetFunction=response) as cloud:
        waiter = FunctionWaiter(FunctionStatusCache(cloud.client, clock), clock, FUNCTIONS[0], "DeleteFunction")
        assert waiter.is_gone() is readiness


def test_failed_deletion_is_raised_with_its_reason() -> None:
    clock = FakeClock()
    reasons = [{"ErrorCode": "Busy", "ErrorMessage": "a trigger is bound"}]
    with answering(GetFunction={"Status": "DeleteFailed", "StatusReasons": reasons}) as cloud:
        waiter = FunctionWaiter(FunctionStatusCache(cloud.client, clock), clock, FUNCTIONS[0], "DeleteFunction")
        with pytest.raises(CloudError, match="a trigger is bound") as caught:
            waiter.is_gone()
    assert caught.value.kind is ErrorKind.REJECTED
