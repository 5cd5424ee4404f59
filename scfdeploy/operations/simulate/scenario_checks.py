"""Check a scenario against the platforms that it runs on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scfdeploy.config.scenario import EventSource, FunctionPolicy, QueueSource, Scenario, StreamSource, Target
from scfdeploy.config.scenario.findings import POLICY_UNSUPPORTED, SCENARIO_SOURCE, SCENARIO_UNUSED
from scfdeploy.config.scenario.reader import span_of
from scfdeploy.config.scenario.values import SCENARIO_VALUE
from scfdeploy.diagnostics import Diagnostic, Severity, did_you_mean, message
from scfdeploy.operations.simulate.platforms import NEAREST_SOURCES, SOURCES, source_word
from scfdeploy.operations.simulate.portability import fit
from scfdeploy.records import dataclass, field
from scfdeploy.report.humanize import interval

_LAST_ARRIVAL_MS = 100 * 365 * 86_400_000


@dataclass(slots=True)
class CheckedScenario:
    """The policies of the functions on each platform, and what is wrong with the scenario."""

    policies: dict[str, Mapping[str, FunctionPolicy]] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def check_scenario(scenario: Scenario) -> CheckedScenario:
    """Check sources, policies and outcomes."""
    checked = CheckedScenario(
        diagnostics=[
            *_check_sources(scenario),
            *_check_arrivals(scenario),
            *_check_outcomes(scenario),
            *_check_destinations(scenario),
        ]
    )
    if not isinstance(scenario.source, EventSource):
        checked.diagnostics += _check_unused_policy(scenario)
        return checked
    for platform in scenario.on:
        fitted = {name: fit(policy, platform) for name, policy in policies(scenario).items()}
        checked.policies[platform] = {name: found.policy for name, found in fitted.items()}
        checked.diagnostics += [each for found in fitted.values() for each in found.diagnostics]
    return checked


def policies(scenario: Scenario) -> Mapping[str, FunctionPolicy]:
    """The policy of each function of the run: of the first one, and of destinations that are described as functions."""
    others = {
        name: rules.policy or FunctionPolicy()
        for name, rules in scenario.destinations.items()
        if rules.policy is not None or rules.outcomes is not None
    }
    return others | {scenario.first_function: scenario.policy}


def _check_sources(scenario: Scenario) -> Iterator[Diagnostic]:
    """Sources that a platform does not have."""
    source = source_word(scenario.source)
    for platform in scenario.on:
        if source not in SOURCES[platform]:
            others = [other for other, sources in SOURCES.items() if source in sources]
            yield SCENARIO_SOURCE.at(
                span_of(scenario, "source"),
                platform=platform,
                source=source,
                nearest=NEAREST_SOURCES.get((platform, source), "events"),
                other=",".join(others),
            )


def _check_arrivals(scenario: Scenario) -> Iterator[Diagnostic]:
    """Items that arrive after the last time that a report can show."""
    if scenario.item_count * scenario.source.every_ms > _LAST_ARRIVAL_MS:
        yield SCENARIO_VALUE.at(
            span_of(scenario, "source"),
            hint="",
            key="source.every",
            expected=message("short enough for all items to arrive within 100 years"),
            actual=interval(scenario.source.every_ms),
        )


def _check_unused_policy(scenario: Scenario) -> Iterator[Diagnostic]:
    """A dead letter queue of the function, which events from queues and streams never reach."""
    if scenario.policy.dead_letter is not None and scenario.policy.unsupported != "drop":
        key = {"queue": "source.deadLetter", "stream": "source.onFailure"}.get(source_word(scenario.source), "")
        yield POLICY_UNSUPPORTED.at(
            span_of(scenario, "policy.deadLetter"),
            severity=Severity.WARNING,
            detail="The dead letter queue of the function gets asynchronous events only, none from a {source}.",
            hint="Set {key}." if key else "Remove policy.deadLetter.",
            source=source_word(scenario.source),
            key=key,
        )


def _check_outcomes(scenario: Scenario) -> Iterator[Diagnostic]:
    """Outcomes of items that do not exist."""
    beyond = [item for item in scenario.outcomes or {} if item > scenario.item_count]
    if beyond:
        yield SCENARIO_UNUSED.at(span_of(scenario, "outcomes"), number=min(beyond), count=scenario.item_count)


def _check_destinations(scenario: Scenario) -> Iterator[Diagnostic]:
    """Destinations to which nothing is sent."""
    used = {target.name for target in _targets(scenario)} | {scenario.first_function}
    for name in sorted(scenario.destinations.keys() - used):
        yield SCENARIO_UNUSED.at(
            span_of(scenario, "destinations"),
            summary="Destination that nothing is sent to",
            detail='"{name}" is described, but neither a policy nor the source sends anything there.',
            hint="{advice}",
            name=name,
            advice=did_you_mean(name, sorted(used)) or message("Name it in the policy or the source, or remove it."),
        )


def _targets(scenario: Scenario) -> Iterator[Target]:
    """The destinations of all policies, and of the source."""
    for policy in policies(scenario).values():
        yield from filter(None, (policy.dead_letter, policy.on_failure, policy.on_success))
    match scenario.source:
        case QueueSource(dead_letter=Target() as target) | StreamSource(on_failure=Target() as target):
            yield target
