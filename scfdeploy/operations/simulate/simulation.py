"""Run a scenario on each of its platforms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from scfdeploy.config.scenario import (
    CkafkaSource,
    EventSource,
    QueueSource,
    Scenario,
    StreamSource,
    read_scenario,
)
from scfdeploy.config.scenario.definition import Outcome
from scfdeploy.config.scenario.values import MAX_ITEMS
from scfdeploy.diagnostics import Diagnostics
from scfdeploy.operations.request import Request
from scfdeploy.operations.simulate.collect import MAX_BODIES, StepListener, collect
from scfdeploy.operations.simulate.expectations import differences
from scfdeploy.operations.simulate.prepare import prepare
from scfdeploy.operations.simulate.scenario_checks import CheckedScenario, check_scenario
from scfdeploy.results import Findings
from scfdeploy.results.simulation import Simulated, SimulatedRun


@dataclass(frozen=True, slots=True)
class SimulationOptions:
    """The options of `simulate`; each one that is given replaces a key of the scenario."""

    scenario: str = ""
    """The path of the file; empty for one event of the project's function."""
    function: str = ""
    on: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    items: int | None = None
    """The number of events, messages or records."""
    max_age_ms: int | None = None
    retries: int | None = None
    is_returned_at_once: bool = False
    is_asserted: bool = False
    keeps_bodies: bool = False
    """Whether the result has the text of every message."""
    on_step: StepListener | None = None


def simulate(request: Request, options: SimulationOptions) -> Simulated:
    """Simulate a scenario. Nothing is deployed, and no credentials are read."""
    diagnostics = Diagnostics()
    scenario = Scenario()
    sources: Mapping[str, str] = {}
    if options.scenario:
        scenario, sources = read_scenario(options.scenario, request.load.cwd, diagnostics)
    scenario = with_options(scenario, options)
    checked = check_scenario(scenario)
    diagnostics.extend(dict.fromkeys(checked.diagnostics))
    findings = Findings(diagnostics.sorted(), sources)
    if diagnostics.has_errors:
        return Simulated(findings, ok=False)
    runs = [_run(scenario, checked, platform, options) for platform in scenario.on]
    is_as_expected = not any(run.differences for run in runs) or not options.is_asserted
    return Simulated(findings, is_as_expected and not any(run.loop for run in runs), runs, options.is_asserted)


def with_options(scenario: Scenario, options: SimulationOptions) -> Scenario:
    """The scenario with the values of options in place of its own."""
    policy = scenario.policy
    if options.retries is not None:
        policy = replace(policy, retries=options.retries)
    if options.max_age_ms is not None:
        policy = replace(policy, max_age_ms=options.max_age_ms)
    scenario = replace(
        scenario,
        on=options.on or scenario.on,
        handler=options.function or scenario.handler,
        outcomes={0: options.outcomes} if options.outcomes else scenario.outcomes,
        policy=policy,
    )
    if options.items is None:
        return scenario
    match scenario.source:
        case EventSource():
            return replace(scenario, source=replace(scenario.source, events=options.items))
        case StreamSource():
            return replace(scenario, source=replace(scenario.source, records=options.items))
        case QueueSource() | CkafkaSource():
            return replace(scenario, source=replace(scenario.source, messages=options.items))


def _run(scenario: Scenario, checked: CheckedScenario, platform: str, options: SimulationOptions) -> SimulatedRun:
    prepared = prepare(scenario, checked.policies.get(platform, {}), platform, at_once=options.is_returned_at_once)
    on_step = partial(options.on_step, platform, prepared.item) if options.on_step else None
    collected = collect(prepared.steps, on_step, bodies=MAX_ITEMS if options.keeps_bodies else MAX_BODIES)
    found = SimulatedRun(
        platform,
        prepared.item,
        prepared.function,
        collected.summary,
        collected.first,
        collected.total,
        prepared.metrics(collected.summary),
        prepared.assumed(collected.summary),
        prepared.remarks,
        messages=prepared.messages,
        retries=prepared.retries,
        destination_kinds=prepared.destination_kinds,
        limits=prepared.limits,
        loop=collected.loop,
    )
    return found._replace(differences=tuple(differences(scenario.expect, found.summary)))
