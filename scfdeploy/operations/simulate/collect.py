"""Collect the steps of a run: counts over all of them, and the first ones as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from scfdeploy.delivery.trace import TraceStep, TraceSummary
from scfdeploy.records import dataclass, field

MAX_STEPS = 2000
"""The number of steps that a report shows at most."""
MAX_BODIES = 1000
"""The number of messages whose text is kept."""

StepListener = Callable[[str, str, TraceStep], None]
"""Receives the platform of a run, what it numbers (`event`, `message` or `record`), and a step."""


@dataclass(slots=True)
class CollectedSteps:
    """What a run adds up to."""

    summary: TraceSummary = field(default_factory=TraceSummary)
    first: list[TraceStep] = field(default_factory=list)
    total: int = 0
    loop: tuple[str, ...] = ()
    """The functions that invoked each other until the run was stopped."""


def collect(steps: Iterable[TraceStep], on_step: Callable[[TraceStep], None] | None, *, bodies: int) -> CollectedSteps:
    """Run a simulation to its end. Of its messages the first `bodies` keep their text."""
    collected = CollectedSteps(TraceSummary(most_bodies=bodies))
    add = collected.summary.add
    total = 0
    for step in steps:
        total += 1
        if on_step is not None:
            on_step(step)
        if total <= MAX_STEPS:
            collected.first.append(step)
        if step.loop:
            collected.loop = step.loop
        add(step)
    collected.total = total
    return collected
