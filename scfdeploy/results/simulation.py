"""The result of `simulate`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from scfdeploy.delivery.trace import TraceStep, TraceSummary
    from scfdeploy.results import Findings

START_MS = 1_795_831_200_000
"""The virtual time at which every run begins: 2026-11-28T10:00:00+08:00."""


class SimulatedRun(NamedTuple):
    """What happened on one platform. Times are virtual milliseconds from `START_MS`."""

    platform: str
    item: str
    """What is numbered: `event`, `message` or `record`."""

    function: str
    summary: TraceSummary
    steps: Sequence[TraceStep]
    """The first steps; enough for a report that people read."""

    total_steps: int
    metrics: Mapping[str, object] = MappingProxyType({})
    """Numbers, and for platforms that count by time lists of them."""

    assumed: Sequence[str] = ()
    """Values that no source gives and that decided something in this run, each named once."""

    remarks: Sequence[str] = ()
    """What else the user should know about this run."""

    messages: Mapping[tuple[str, tuple[int, ...], int], str] = MappingProxyType({})
    """What failed calls said, by function, items and earlier tries."""

    retries: Mapping[str, int] = MappingProxyType({})
    """By function, how many retries an event has after execution errors."""

    destination_kinds: Mapping[str, str] = MappingProxyType({})
    """The service of each destination, such as `CMQ-QUEUE`."""

    retried_statuses: frozenset[int] = frozenset()
    """Failures of the platform, which are repeated without using a retry."""

    limits: Mapping[str, tuple[int, bool]] = MappingProxyType({})
    """The most bytes of a message to each destination, and whether that is assumed."""

    loop: Sequence[str] = ()
    """The functions that invoked each other until the run was stopped."""

    faults: Sequence[str] = ()
    """The first faults of a generated plan that happened, in words."""

    total_faults: int = 0
    differences: Sequence[str] = ()
    """Where `expect` differs."""


class SmallestFaultPlan(NamedTuple):
    """The result of `--idempotent`: the smallest faults after which the state differs."""

    runs: int
    """The number of runs with faults."""

    faults: Sequence[str] = ()
    """In the order of time; empty if no run made a difference."""

    expected: str = ""
    """The state after the run without faults."""

    actual: str = ""


class Simulated(NamedTuple):
    """The result of `simulate`. Without runs, the findings have an error."""

    findings: Findings
    ok: bool
    runs: Sequence[SimulatedRun] = ()
    is_asserted: bool = False
    """Whether `ok` depends on `expect`."""

    idempotency: SmallestFaultPlan | None = None
    remarks: Sequence[str] = ()
    command: str = "simulate"
