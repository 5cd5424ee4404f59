"""Turn a scenario into the steps of one platform."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from scfdeploy.config.scenario import (
    CkafkaSource,
    EventSource,
    FunctionPolicy,
    QueueSource,
    Scenario,
    StreamSource,
    Target,
)
from scfdeploy.config.scenario.definition import SUCCESS
from scfdeploy.delivery.core import AsyncProfile, ResultClass
from scfdeploy.delivery.driver import accept_every_event, simulate_events
from scfdeploy.delivery.platform import AsyncPlatform, Destination
from scfdeploy.delivery.profiles import scf
from scfdeploy.delivery.profiles.ckafka import CkafkaProfile, simulate_ckafka
from scfdeploy.delivery.profiles.queue_source import Acknowledge, QueueProfile, Return, simulate_queue
from scfdeploy.delivery.profiles.stream_source import REPEATED, AgeBase, IteratorAge, StreamProfile, simulate_stream
from scfdeploy.delivery.trace import DeliveryKind, Handler, TraceStep, TraceSummary
from scfdeploy.diagnostics import message
from scfdeploy.operations.simulate.assumptions import BatchReasons, in_words
from scfdeploy.operations.simulate.destinations import DestinationAnswers
from scfdeploy.operations.simulate.faults import (
    AppliedFaults,
    FaultPlan,
    NoFaults,
    batch_handler_with_faults,
    event_handler_with_faults,
)
from scfdeploy.operations.simulate.handlers import ScriptedAcceptance, ScriptedFunctions, scripted_batches
from scfdeploy.operations.simulate.platforms import ASYNC_PLATFORMS, SERVICE_NAMES, async_profile
from scfdeploy.operations.simulate.real_handlers import (
    RealBatchHandler,
    RealEventHandler,
)
from scfdeploy.records import dataclass, field

if TYPE_CHECKING:
    from scfdeploy.operations.simulate.local_functions import RealFunctions

_BATCH_SERVICES = {"queue": "sqs", "topic": "sns", "bucket": "s3"}
_OLDER_MAX_AGE_MS = 86_400_000
_MINUTE_MS, _HOUR_MS = 60_000, 3_600_000


@dataclass(slots=True)
class PreparedRun:
    """The steps of a run, and what a report needs to know about them."""

    item: str
    function: str
    steps: Iterator[TraceStep]
    metrics: Callable[[TraceSummary], Mapping[str, object]]
    assumed: Callable[[TraceSummary], tuple[str, ...]]
    messages: Mapping[tuple[str, tuple[int, ...], int], str] = field(default_factory=dict)
    retries: Mapping[str, int] = field(default_factory=dict)
    destination_kinds: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, tuple[int, bool]] = field(default_factory=dict)
    remarks: Callable[[TraceSummary], tuple[str, ...]] = lambda _summary: ()
    faults: AppliedFaults = field(default_factory=AppliedFaults)
    retried_statuses: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a scenario runs, beside what it says."""

    is_returned_at_once: bool = False
    """Whether failed messages of queues become visible again at once."""
    functions: RealFunctions | None = None
    """What runs instead of outcomes."""
    faults: FaultPlan = NoFaults()  # noqa: RUF009, RUF100 - has no state
    timeout_ms: int | None = None
    """How long a call that ends with a timeout takes, where outcomes are scripted; None for the scenario's duration."""


def prepare(
    scenario: Scenario, policies: Mapping[str, FunctionPolicy], platform: str, options: RunOptions
) -> PreparedRun:
    """The run of a scenario on one platform, whose policies fit it."""
    match scenario.source:
        case EventSource():
            return _events(scenario, scenario.source, policies, platform, options)
        case QueueSource():
            run = _queue(scenario, scenario.source, options)
        case StreamSource():
            run = _stream(scenario, scenario.source, options)
        case CkafkaSource():
            run = _ckafka(scenario, scenario.source, options)
    if options.functions is not None:
        run.messages = options.functions.batch_errors
    return run


def begin_run(options: RunOptions) -> None:
    """Begin a run with functions that remember nothing of an earlier one."""
    if options.functions is not None:
        options.functions.begin_run()


def item_word(scenario: Scenario) -> str:
    """What the source numbers: `event`, `message` or `record`."""
    match scenario.source:
        case EventSource():
            return "event"
        case StreamSource():
            return "record"
        case _:
            return "message"


def _events(
    scenario: Scenario,
    source: EventSource,
    policies: Mapping[str, FunctionPolicy],
    platform: str,
    options: RunOptions,
) -> PreparedRun:
    first = scenario.first_function
    limits = {name: rules.limit_bytes for name, rules in scenario.destinations.items() if rules.limit_bytes is not None}
    profiles = {name: async_profile(platform, policy, limits) for name, policy in policies.items()}
    outcomes = {name: rules.outcomes for name, rules in scenario.destinations.items() if rules.outcomes is not None} | {
        first: scenario.outcomes or {0: SUCCESS}
    }
    handler: ScriptedFunctions | RealEventHandler
    if options.functions is None:
        handler = ScriptedFunctions(outcomes, duration_ms=scenario.duration_ms, timeout_ms=options.timeout_ms)
    else:
        handler = RealEventHandler(options.functions, duration_ms=scenario.duration_ms)
    applied = AppliedFaults()
    refused = scf.REFUSED_AT_ACCEPTANCE if platform == "scf" and options.functions is None else frozenset[int]()
    acceptance = ScriptedAcceptance(outcomes[first], refused)
    steps = simulate_events(
        profiles,
        first,
        _arrivals(source.events, source.every_ms),
        handler
        if isinstance(options.faults, NoFaults)
        else event_handler_with_faults(handler, options.faults, applied),
        DestinationAnswers(scenario.destinations, platform),
        payload=scenario.item_text,
        acceptance=acceptance if acceptance.refuses_some else accept_every_event,
    )
    kinds, sizes = _destinations(profiles, limits)
    return PreparedRun(
        "event",
        first,
        _with_names(_observed(steps, acceptance.add) if acceptance.refuses_some else steps),
        lambda summary: _delivery_metrics(ASYNC_PLATFORMS[platform], summary),
        lambda summary: in_words(summary.assumed),
        handler.messages,
        {name: profile.retries for name, profile in profiles.items()},
        kinds,
        sizes,
        lambda summary: (*_remarks(platform, policies[first], profiles[first], summary), *acceptance.remarks),
        applied,
        _retried(profiles[first].classes),
    )


def _remarks(platform: str, policy: FunctionPolicy, profile: AsyncProfile, summary: TraceSummary) -> tuple[str, ...]:
    """Which of two statements of the sources a run follows."""
    if platform == "scf" and policy.max_age_ms == _OLDER_MAX_AGE_MS:
        return (message("max age 24h: older policy; the cloud no longer applies it"),)
    has_failure = any(not item.completions or item.attempts > 1 for item in summary.items.values())
    if platform != "functiongraph" or policy.retries is not None or not has_failure:
        return ()
    if profile.retries:
        return (message("FunctionGraph retries once where the policy does not say how often."),)
    return (message("FunctionGraph does not retry without a policy; with one it retries once by default."),)


def _arrivals(count: int, every_ms: int) -> range | list[int]:
    return range(0, count * every_ms, every_ms) if every_ms else [0] * count


def _destinations(
    profiles: Mapping[str, AsyncProfile], limits: Mapping[str, int]
) -> tuple[dict[str, str], dict[str, tuple[int, bool]]]:
    """The service and the size limit of each destination; the limits with whether they are assumed."""
    kinds: dict[str, str] = {}
    sizes: dict[str, tuple[int, bool]] = {}
    for profile in profiles.values():
        for kind, text in (
            (DeliveryKind.DEAD_LETTER, profile.dead_letter),
            (DeliveryKind.FAILURE, profile.on_failure),
            (DeliveryKind.SUCCESS, profile.on_success),
        ):
            if not text:
                continue
            destination = Destination.parse(text)
            service = profile.platform.services(kind).get(destination.scheme, "")
            kinds[destination.name] = SERVICE_NAMES.get(service, service)
            own, general = limits.get(destination.name), profile.platform.message_limit(service)
            if own is not None:
                sizes[destination.name] = (own, False)
            elif general is not None:
                sizes[destination.name] = (general, profile.platform.has_assumed_limits)
    return kinds, sizes


def _retried(classes: Mapping[int, ResultClass]) -> frozenset[int]:
    """The statuses that are repeated without using a retry."""
    return frozenset(status for status, found in classes.items() if found is not ResultClass.SUCCESS)


def _delivery_metrics(platform: AsyncPlatform, summary: TraceSummary) -> Mapping[str, object]:
    """The counts of deliveries under the platform's names, on Function Compute also per minute and hour."""
    counts = {name: 0 for names in platform.metrics.values() for name in names if name}
    minutes: Counter[tuple[int, str]] = Counter()
    hours: Counter[tuple[int, str]] = Counter()
    for delivery in summary.deliveries:
        names = platform.metrics.get(delivery.kind)
        name = "" if names is None else names.delivered if delivery.delivered else names.failed
        if name:
            counts[name] += 1
            minutes[delivery.at // _MINUTE_MS, name] += 1
            hours[delivery.at // _HOUR_MS, name] += 1
    if platform.name != "fc":
        return counts
    return {
        **counts,
        "perMinute": [{"minute": at, "name": name, "count": count} for (at, name), count in sorted(minutes.items())],
        "perHour": [{"hour": at, "name": name, "count": count} for (at, name), count in sorted(hours.items())],
    }


def _queue(scenario: Scenario, source: QueueSource, options: RunOptions) -> PreparedRun:
    at_once, applied = options.is_returned_at_once, AppliedFaults()
    default = QueueProfile()
    profile = QueueProfile(
        default.batch if source.batch is None else source.batch,
        default.visibility_ms if source.visibility_ms is None else source.visibility_ms,
        default.max_receive if source.max_receive is None else source.max_receive,
        _name(source.dead_letter),
        Acknowledge(source.acknowledge),
        Return.AT_ONCE if at_once else Return.VISIBILITY,
    )
    steps = simulate_queue(
        profile,
        _arrivals(source.messages, source.every_ms),
        _batch_handler(scenario, options, applied),
        DestinationAnswers(scenario.destinations, "lambda"),
        scenario.item_text,
    )
    reasons = BatchReasons()

    def assumed(_summary: TraceSummary) -> tuple[str, ...]:
        if not reasons.has_return:
            return ()
        names = ["queue_source.visibility.default_ms"] if source.visibility_ms is None else []
        names += ["queue_source.max_receive.default"] if source.max_receive is None else []
        when = (
            message("failed messages become visible again at once")
            if at_once
            else message("failed messages become visible again at the end of the visibility timeout")
        )
        return (when, *in_words(names))

    return _batch_run("message", scenario, _observed(steps, reasons.add), assumed, source.dead_letter, applied)


def _stream(scenario: Scenario, source: StreamSource, options: RunOptions) -> PreparedRun:
    applied = AppliedFaults()
    default = StreamProfile()
    profile = StreamProfile(
        default.batch if source.batch is None else source.batch,
        source.bisect,
        -1 if source.retries is None else source.retries,
        -1 if source.max_age_ms is None else source.max_age_ms,
        _name(source.on_failure),
        default.backoff_ms if scenario.backoff_ms is None else scenario.backoff_ms,
        AgeBase(scenario.age_base),
        source.shards,
        source.name,
        scenario.first_function,
    )
    arrivals = _arrivals(source.records, source.every_ms)
    steps = simulate_stream(
        profile,
        arrivals,
        _batch_handler(scenario, options, applied),
        DestinationAnswers(scenario.destinations, "lambda"),
    )
    reasons, age = BatchReasons(), IteratorAge(arrivals)

    def assumed(_summary: TraceSummary) -> tuple[str, ...]:
        is_default = scenario.backoff_ms is None
        return in_words(["stream_source.backoff_ms"] if reasons.has_pause and is_default else [])

    run = _batch_run("record", scenario, _observed(steps, reasons.add, age.add), assumed, source.on_failure, applied)
    deliveries = run.metrics
    run.metrics = lambda summary: {**deliveries(summary), "iteratorAgeMs": age.longest_ms}
    run.retries = {} if source.retries is None else {run.function: source.retries}
    run.retried_statuses = REPEATED
    return run


def _ckafka(scenario: Scenario, source: CkafkaSource, options: RunOptions) -> PreparedRun:
    applied = AppliedFaults()
    default = CkafkaProfile()
    profile = CkafkaProfile(
        default.batch if source.batch is None else source.batch,
        default.retry if source.retry is None else source.retry,
    )
    steps = simulate_ckafka(
        profile, _arrivals(source.messages, source.every_ms), _batch_handler(scenario, options, applied)
    )
    reasons = BatchReasons()

    def assumed(_summary: TraceSummary) -> tuple[str, ...]:
        return in_words(["ckafka.backoff.first_ms"] if reasons.has_repeat else [])

    run = _batch_run("message", scenario, _observed(steps, reasons.add), assumed, None, applied)
    run.retries = {run.function: profile.retry}
    run.retried_statuses = _retried(scf.CLASSES)
    return run


def _batch_run(
    item: str,
    scenario: Scenario,
    steps: Iterator[TraceStep],
    assumed: Callable[[TraceSummary], tuple[str, ...]],
    target: Target | None,
    applied: AppliedFaults,
) -> PreparedRun:
    kinds = {}
    if target is not None:
        service = _BATCH_SERVICES.get(target.generic_kind, target.kind)
        kinds[target.name] = SERVICE_NAMES.get(service, service)
    return PreparedRun(
        item, scenario.first_function, steps, _failed_deliveries, assumed, destination_kinds=kinds, faults=applied
    )


def _failed_deliveries(summary: TraceSummary) -> Mapping[str, object]:
    return {"failedDeliveries": sum(not delivery.delivered for delivery in summary.deliveries)}


def _batch_handler(scenario: Scenario, options: RunOptions, applied: AppliedFaults) -> Handler:
    handler: Handler
    if options.functions is None:
        handler = scripted_batches(
            scenario.outcomes or {0: SUCCESS}, duration_ms=scenario.duration_ms, after_failure=scenario.after_failure
        )
    else:
        handler = RealBatchHandler(options.functions, scenario, scenario.first_function)
    return (
        handler if isinstance(options.faults, NoFaults) else batch_handler_with_faults(handler, options.faults, applied)
    )


def _with_names(steps: Iterator[TraceStep]) -> Iterator[TraceStep]:
    """The steps, with the names of destinations as scenarios and reports use them."""
    names = {"": ""}
    for step in steps:
        text = step.destination
        name = names.get(text)
        if name is None:
            name = names[text] = Destination.parse(text).name
        yield step if name == text else step._replace(destination=name)


def _observed(steps: Iterator[TraceStep], *observers: Callable[[TraceStep], None]) -> Iterator[TraceStep]:
    for step in steps:
        for observe in observers:
            observe(step)
        yield step


def _name(target: Target | None) -> str:
    return "" if target is None else target.name
