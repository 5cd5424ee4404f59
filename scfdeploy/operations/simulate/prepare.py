"""Turn a scenario into the steps of one platform."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from scfdeploy.config.scenario import EventSource, Scenario
from scfdeploy.config.scenario.definition import SUCCESS
from scfdeploy.delivery import core
from scfdeploy.delivery.driver import drive
from scfdeploy.delivery.envelopes import FailedEvent, scf_dead_letter
from scfdeploy.delivery.profiles.scf import scf_profile
from scfdeploy.delivery.trace import Attempt, DeliveryKind, StepKind, TraceStep, TraceSummary
from scfdeploy.diagnostics import message
from scfdeploy.facts import delivery_value
from scfdeploy.operations.simulate.destinations import DestinationAnswers
from scfdeploy.operations.simulate.platforms import SERVICES
from scfdeploy.results.simulation import START_MS

DEFAULT_FUNCTION = "function"


@dataclass(slots=True)
class PreparedRun:
    """The steps of a run, and what a report needs to know about them."""

    item: str
    function: str
    steps: Iterator[TraceStep]
    metrics: Callable[[TraceSummary], Mapping[str, int]]
    assumed: Callable[[TraceSummary], tuple[str, ...]]
    messages: Mapping[tuple[str, tuple[int, ...], int], str] = field(default_factory=dict)
    retries: Mapping[str, int] = field(default_factory=dict)
    destination_kinds: Mapping[str, str] = field(default_factory=dict)
    retried_statuses: frozenset[int] = frozenset()


def prepare(scenario: Scenario, platform: str) -> PreparedRun:
    """The run of a scenario on one platform."""
    function = scenario.handler or DEFAULT_FUNCTION
    policy = scenario.policy
    dead_letter = policy.dead_letter
    profile = scf_profile(
        retries=policy.retries,
        max_age_ms=policy.max_age_ms,
        dead_letter=dead_letter.name if dead_letter else "",
        is_traced=bool(policy.is_traced),
    )
    kinds = {dead_letter.name: SERVICES[platform].get(dead_letter.generic_kind, "")} if dead_letter else {}
    limit = delivery_value("scf", "queue.message_max_bytes")
    answers = DestinationAnswers(scenario.destinations, dict.fromkeys(kinds, (limit, True)))
    return PreparedRun(
        "event",
        function,
        _scf_steps(scenario, function, profile, answers),
        _metrics,
        _assumed,
        {},
        {function: profile.retries},
        kinds,
        frozenset((432, 500)),
    )


def _metrics(summary: TraceSummary) -> Mapping[str, int]:
    return {"failedDeliveries": sum(not delivery.delivered for delivery in summary.deliveries)}


def _assumed(summary: TraceSummary) -> tuple[str, ...]:
    if any(len(item.attempts_at) > 1 for item in summary.items.values()):
        return (message("retry interval counted from the end of the failed attempt"),)
    return ()


def _scf_steps(
    scenario: Scenario, function: str, profile: core.AsyncProfile, answers: DestinationAnswers
) -> Iterator[TraceStep]:
    source = scenario.source
    if not isinstance(source, EventSource):
        raise TypeError("not a source of events")
    outcomes = scenario.outcomes or {0: SUCCESS}
    statuses: dict[int, int] = {}

    def run(event: int, attempt: int, _at: int) -> Attempt:
        listed = outcomes.get(event) or outcomes[0]
        return Attempt(listed[min(attempt, len(listed)) - 1].status, scenario.duration_ms)

    bodies: dict[int, tuple[str, int]] = {}

    def deliver(event: int, delivery: core.Deliver, at: int) -> str:
        body = json.dumps(
            scf_dead_letter(
                FailedEvent(
                    f"{event:08x}-0000-4000-8000-000000000000", statuses.get(event, 0), "", 1300000001, "100000000001",
                    "CLOUD_API", function, "default", "$DEFAULT", scenario.event or json.dumps({"id": event}),
                    START_MS + (event - 1) * source.every_ms, START_MS + at, profile.retries, 0,
                )
            )
        )  # fmt: skip
        status, error = answers(delivery.destination, DeliveryKind.DEAD_LETTER, (event,), len(body), 0, at)
        bodies[event] = body, status
        return error

    arrivals = (number * source.every_ms for number in range(source.events))
    for record in drive(profile, arrivals, run, deliver):
        items, at = (record.event,), record.entry.at
        if isinstance(record.entry, core.Completed):
            statuses[record.event] = record.entry.status
            done = items if record.entry.status == 200 else ()
            tries = record.state.attempts - 1
            yield TraceStep(at, StepKind.RESULT, items, function, tries, record.entry.status, done)
        if isinstance(record.entry, core.Delivered):
            body, status = bodies.pop(record.event)
            yield TraceStep(
                at, StepKind.DELIVER, items, function, 0, status, destination=profile.dead_letter,
                delivery=DeliveryKind.DEAD_LETTER, body=body, reason=record.entry.error,
            )  # fmt: skip
        for effect in record.effects:
            match effect:
                case core.Invoke(attempt):
                    yield TraceStep(at, StepKind.INVOKE, items, function, attempt - 1)
                case core.Ended(end, reason):
                    yield TraceStep(at, StepKind.END, items, function, end=end, reason=reason)
