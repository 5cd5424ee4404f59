"""A run of changes with a fake writer and clock."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from scfdeploy.apply import Outcome, Status, run
from scfdeploy.apply.events import Event
from scfdeploy.apply.stop import Stop
from scfdeploy.model import Address, ProjectKey
from scfdeploy.plan import Action, Change, Plan
from scfdeploy.providers.retry import RetryPolicy
from tests.support.fake_clock import FakeClock
from tests.support.fake_writer import FakeWriter, function

A, B, C = function("aa"), function("bb"), function("cc")


def change(address: Address, action: Action = Action.CREATE, *requires: Address) -> Change:
    return Change(address, action, "because", requires=requires)


class Runner:
    """Runs changes with a fake writer and clock, and records the events."""

    def __init__(self, writer: FakeWriter) -> None:
        self.writer = writer
        self.clock = FakeClock()
        self.stop = Stop()
        self.events: list[Event] = []

    def run(
        self, *changes: Change, parallelism: int = 4, retry: RetryPolicy | None = None, timeout_s: float = inf
    ) -> list[Outcome]:
        plan = Plan(ProjectKey("app", "dev", "ap-guangzhou"), changes)
        return list(
            run(
                plan,
                self.writer,
                listener=self.events.append,
                parallelism=parallelism,
                clock=self.clock,
                stop=self.stop,
                retry=retry,
                random=lambda: 0.5,
                timeout_s=timeout_s,
            )
        )

    def events_of(self, kind: type) -> Sequence[Event]:
        return [event for event in self.events if isinstance(event, kind)]


def statuses(outcomes: Sequence[Outcome]) -> list[Status]:
    return [outcome.status for outcome in outcomes]
