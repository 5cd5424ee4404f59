"""Polling of many functions with one list, and the end of deletions."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

import pytest

from scfdeploy.model import Address
from scfdeploy.providers.base import CloudError, ErrorKind, Readiness
from scfdeploy.providers.tencent.resources.function_status import FunctionStatusCache, FunctionWaiter
from scfdeploy.providers.tencent.transport.cloud_time import CloudTime
from tests.support.answers import answering, failure
from tests.support.fake_clock import FakeClock

FUNCTIONS = [Address.of_function("default", f"f{number}") for number in range(20)]


class SlowCloud:
    """Responds to the reads of the cache; a list takes half a second."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.cloud_time = CloudTime()
        self.calls: Counter[str] = Counter()
        self.next_list: list[Callable[[], dict[str, Any]]] = []

    def read(self, action: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self.calls[action] += 1
        if action == "GetFunction":
            return {"Status": "Active"}
        self._clock.sleep(0.5)
        if self.next_list:
            return self.next_list.pop()()
        rows = [{"FunctionName": function.function, "Status": "Active"} for function in FUNCTIONS]
        return {"Functions": rows, "TotalCount": len(rows)}


def failing_list() -> dict[str, Any]:
    raise CloudError(ErrorKind.REJECTED, "InternalError", "try again", action="ListFunctions")


def test_slow_list_is_shared_by_all_callers() -> None:
    clock = FakeClock()
    cloud = SlowCloud(clock)
    statuses = FunctionStatusCache(cloud, clock)  # type: ignore[arg-type]

    states = [statuses.state(function, 0.0) for function in FUNCTIONS]

    assert {state.status for state in states if state is not None} == {"Active"}
    assert cloud.calls == {"GetFunction": 3, "ListFunctions": 1}


def test_write_after_list_start_needs_another_list() -> None:
    clock = FakeClock()
    cloud = SlowCloud(clock)
    statuses = FunctionStatusCache(cloud, clock)  # type: ignore[arg-type]
    for function in FUNCTIONS:
        statuses.state(function, 0.0)

    statuses.state(FUNCTIONS[0], clock.monotonic())
    assert cloud.calls["ListFunctions"] == 2
    clock.sleep(2.0)
    statuses.state(FUNCTIONS[1], 0.0)
    assert cloud.calls["ListFunctions"] == 3


class StoppedCloud:
    """Each list waits until it is released."""

    def __init__(self) -> None:
        self.cloud_time = CloudTime()
        self.requested: SimpleQueue[threading.Event] = SimpleQueue()

    def read(self, action: str, params: Mapping[str, Any]) -> dict[str, Any]:
        if action == "GetFunction":
            return {"Status": "Active"}
        released = threading.Event()
        self.requested.put(released)
        assert released.wait(60)
        return {"Functions": [{"FunctionName": "f1", "Status": "Active"}], "TotalCount": 1}


def test_caller_of_a_finished_list_does_not_wait_for_the_next_one() -> None:
    clock, cloud = FakeClock(), StoppedCloud()
    statuses = FunctionStatusCache(cloud, clock)  # type: ignore[arg-type]
    for function in FUNCTIONS[:3]:
        statuses.state(function, 0.0)
    early, late = clock.monotonic(), clock.monotonic() + 1.0

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(statuses.state, FUNCTIONS[4], early)
        list_of_early = cloud.requested.get(timeout=60)
        clock.sleep(1.0)
        after_it = [pool.submit(statuses.state, function, late) for function in FUNCTIONS[5:8]]
        with_it = [pool.submit(statuses.state, function, early) for function in FUNCTIONS[8:11]]
        list_of_early.set()
        list_of_late = cloud.requested.get(timeout=60)
        try:
            for caller in (first, *with_it):
                caller.result(timeout=60)
            assert not any(caller.done() for caller in after_it)
        finally:
            list_of_late.set()
        for caller in after_it:
            caller.result(timeout=60)
    assert cloud.requested.empty()


@pytest.mark.parametrize("rows", [None, [{"FunctionName": "f4", "StatusReasons": 5}]], ids=["error", "malformed"])
def test_list_that_fails_is_repeated_for_the_next_caller(rows: list[dict[str, Any]] | None) -> None:
    clock = FakeClock()
    cloud = SlowCloud(clock)
    statuses = FunctionStatusCache(cloud, clock)  # type: ignore[arg-type]
    for function in FUNCTIONS[:3]:
        statuses.state(function, 0.0)
    cloud.next_list = [failing_list if rows is None else lambda: {"Functions": rows, "TotalCount": 1}]

    with pytest.raises(CloudError):
        statuses.state(FUNCTIONS[4], 0.0)
    assert statuses.state(FUNCTIONS[5], 0.0) is not None


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
