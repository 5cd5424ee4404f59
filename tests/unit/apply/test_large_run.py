"""What a run of many changes takes grows no faster than their number."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Sequence

from scfdeploy.apply import Status, run
from scfdeploy.apply.stop import Stop
from scfdeploy.model import Address, ProjectKey
from scfdeploy.plan import Action, Change, Plan
from scfdeploy.providers.base import Step
from tests.support.changes_run import change
from tests.support.counted_calls import count_calls
from tests.support.fake_clock import FakeClock
from tests.support.fake_writer import FakeWriter, function


class TurnsStop(Stop):
    """Each time that the thread of the run looks at it, one more change may end: results arrive one by one."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = threading.Semaphore(0)
        self._thread = threading.get_ident()

    def is_set(self) -> bool:
        if threading.get_ident() == self._thread:
            self.turns.release()
        return super().is_set()


class OutputWriter(FakeWriter):
    """Each change waits for its turn and has outputs."""

    def __init__(self, turns: threading.Semaphore) -> None:
        super().__init__()
        self._turns = turns

    def create(self, change: Change) -> Sequence[Step]:
        def write() -> str:
            self._turns.acquire()
            return "request"

        outputs = {"functionId": str(change.address), "modified": "today"}
        return (Step("create", run=write, outputs=lambda: outputs),)


def run_pairs(pairs: int) -> None:
    """Run changes in pairs of which one requires the other."""
    stop = TurnsStop()
    functions: list[Address] = [function(f"f{number}") for number in range(pairs)]
    changes = [change(address) for address in functions]
    changes += [change(address.trigger("timer", "t"), Action.CREATE, address) for address in functions]
    plan = Plan(ProjectKey("app", "dev", "ap-guangzhou"), tuple(changes))
    writer = OutputWriter(stop.turns)
    outcomes = run(plan, writer, listener=lambda _: None, parallelism=1, clock=FakeClock(), stop=stop)
    assert {outcome.status for outcome in outcomes} == {Status.SUCCEEDED}


def memory_of_run(pairs: int) -> int:
    tracemalloc.start()
    try:
        run_pairs(pairs)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_grows_no_faster_than_the_number_of_changes() -> None:
    assert memory_of_run(400) < 6 * memory_of_run(100)


def test_work_grows_no_faster_than_the_number_of_changes() -> None:
    assert count_calls(lambda: run_pairs(400)) < 6 * count_calls(lambda: run_pairs(100))
