"""Check what a scenario says about delivery: loops, blocked shards, sizes, visibility and kinds of functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from scfdeploy.config.scenario import EventSource, FunctionPolicy, QueueSource, Scenario, StreamSource, Target
from scfdeploy.config.scenario.findings import (
    DESTINATION_SIZE,
    FUNCTION_LOOP,
    HTTP_DESTINATION,
    QUEUE_VISIBILITY,
    STREAM_BLOCKED,
)
from scfdeploy.config.scenario.reader import span_of
from scfdeploy.delivery.driver import START_MS
from scfdeploy.delivery.envelopes import EventResult
from scfdeploy.delivery.profiles.queue_source import QueueProfile
from scfdeploy.delivery.trace import DeliveryKind
from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.operations.simulate.platforms import ASYNC_PLATFORMS
from scfdeploy.report.humanize import interval

Policies = Mapping[str, FunctionPolicy]
"""The policies of the functions of a run, as they are on a platform."""
_FAILED, _SUCCESS = 430, 200


def check_delivery(
    scenario: Scenario,
    policies: Mapping[str, Policies],
    *,
    timeout_ms: int | None,
    is_http: Callable[[str], bool],
) -> Iterator[Diagnostic]:
    """Check the settings of a scenario.

    `policies` are by platform. `timeout_ms` is the timeout of its function, None without one. `is_http` tells whether a
    function is one for HTTP requests.
    """
    match scenario.source:
        case QueueSource():
            yield from _check_visibility(scenario, scenario.source, timeout_ms)
        case StreamSource():
            yield from _check_stream(scenario, scenario.source)
        case EventSource():
            for platform, functions in policies.items():
                yield from _check_sizes(scenario, platform, functions)
            yield from _check_http(scenario, policies.get("fc", {}), is_http)


def sends_to_functions(scenario: Scenario) -> bool:
    """Whether a policy of the scenario names functions as destinations."""
    others = [rules.policy for rules in scenario.destinations.values() if rules.policy is not None]
    return any(
        target.generic_kind == "function" for policy in (scenario.policy, *others) for _, _, target in _targets(policy)
    )


def check_loops(
    scenario: Scenario, policies: Mapping[str, Policies], stopped_on: Sequence[str]
) -> Iterator[Diagnostic]:
    """Report loops of functions, as errors those on success on the platforms where a run was stopped."""
    first = scenario.first_function
    for platform, policies_there in policies.items():
        functions = {name: policies_there[name] for name in (first, *sorted(policies_there.keys() - {first}))}
        success = {name: _next_functions(policy.on_success) for name, policy in functions.items()}
        every = {
            name: [*success[name], *_next_functions(policy.on_failure), *_next_functions(policy.dead_letter)]
            for name, policy in functions.items()
        }
        on_success = _cycle(success)
        cycle = on_success or _cycle(every)
        if cycle:
            spans = functions[cycle[0]].spans
            yield FUNCTION_LOOP.at(
                spans.get("onSuccess" if on_success else "onFailure") or span_of(scenario, "policy"),
                severity=Severity.ERROR if on_success and platform in stopped_on else Severity.WARNING,
                platform=platform,
                functions=" -> ".join((*cycle, cycle[0])),
            )


def _check_visibility(scenario: Scenario, source: QueueSource, timeout_ms: int | None) -> Iterator[Diagnostic]:
    visibility = QueueProfile().visibility_ms if source.visibility_ms is None else source.visibility_ms
    least = scenario.duration_ms if timeout_ms is None else timeout_ms
    if visibility < least:
        is_certain = timeout_ms is not None and source.visibility_ms is not None
        yield QUEUE_VISIBILITY.at(
            span_of(scenario, "source"),
            severity=Severity.ERROR if is_certain else Severity.WARNING,
            queue=source.name,
            visibility=interval(visibility),
            timeout=interval(least),
        )


def _check_stream(scenario: Scenario, source: StreamSource) -> Iterator[Diagnostic]:
    if source.retries is None and source.max_age_ms is None:
        yield STREAM_BLOCKED.at(span_of(scenario, "source"))
    elif source.on_failure is None:
        yield STREAM_BLOCKED.at(
            span_of(scenario, "source"),
            summary="Failed records are not kept",
            detail="Without onFailure, a record that is given up after its retries or its age is lost.",
            hint="Set onFailure.",
        )


def _check_sizes(scenario: Scenario, platform: str, functions: Policies) -> Iterator[Diagnostic]:
    """Events of the scenario that no message to a destination of their function can hold."""
    first = scenario.first_function
    policy = functions.get(first)
    if policy is None:
        return
    rules = ASYNC_PLATFORMS[platform]
    event = scenario.item_text(1)
    for key, kind, target in _targets(policy):
        service = rules.services(kind).get(target.kind, "")
        own = scenario.destinations.get(target.name)
        own_limit = None if own is None else own.limit_bytes
        limit = rules.message_limit(service) if own_limit is None else own_limit
        status = _SUCCESS if kind is DeliveryKind.SUCCESS else _FAILED
        result = EventResult("", first, event, 1, 0, status, "", "null", "", START_MS, START_MS, 0)
        size = len(rules.write(target.name, service, kind, result).body.encode())
        if limit is not None and size > limit:
            yield DESTINATION_SIZE.at(
                policy.spans.get(key) or policy.spans.get("deadLetter") or span_of(scenario, "policy"),
                platform=platform,
                event=f"{len(event.encode()):,}",
                size=f"{size:,}",
                target=target,
                limit=f"{limit:,}",
                basis=" (assumed)" if rules.has_assumed_limits and own_limit is None else "",
            )


def _check_http(scenario: Scenario, functions: Policies, is_http: Callable[[str], bool]) -> Iterator[Diagnostic]:
    for policy in functions.values():
        for key, _, target in _targets(policy):
            if target.generic_kind == "function" and _is_http(scenario, target.name, is_http):
                yield HTTP_DESTINATION.at(policy.spans.get(key) or span_of(scenario, "policy"), target=target)


def _is_http(scenario: Scenario, name: str, is_http: Callable[[str], bool]) -> bool:
    rules = scenario.destinations.get(name)
    return is_http(name) if rules is None or rules.is_http is None else rules.is_http


def _targets(policy: FunctionPolicy) -> Iterator[tuple[str, DeliveryKind, Target]]:
    for key, kind, target in (
        ("deadLetter", DeliveryKind.DEAD_LETTER, policy.dead_letter),
        ("onFailure", DeliveryKind.FAILURE, policy.on_failure),
        ("onSuccess", DeliveryKind.SUCCESS, policy.on_success),
    ):
        if target is not None:
            yield key, kind, target


def _next_functions(target: Target | None) -> list[str]:
    return [target.name] if target is not None and target.generic_kind == "function" else []


def _cycle(following: Mapping[str, Sequence[str]]) -> list[str]:
    """The shortest loop, beginning with the first function that is in one; empty if there is none."""
    for start in following:
        ways, seen = [[start]], {start}
        for way in ways:
            for name in following.get(way[-1], ()):
                if name == start:
                    return way
                if name not in seen:
                    seen.add(name)
                    ways.append([*way, name])
    return []
