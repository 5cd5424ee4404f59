"""Scenarios are read with positions: every mistake is reported with its line and column."""

from __future__ import annotations

import pytest

from scfdeploy.config.scenario import (
    CkafkaSource,
    DestinationRules,
    EventSource,
    FunctionPolicy,
    QueueSource,
    Scenario,
    StreamSource,
    Target,
    parse_scenario,
)
from scfdeploy.diagnostics import Diagnostics

SAMPLE = """\
on: [scf]                       # scf, functiongraph, fc, lambda; several: tables side by side
handler: orders                 # a function of serverless.yml, which is run; or outcomes
outcomes: {default: 200, "event 3": [430, 430, 430]}   # per event, message or record, then per attempt
duration: 0s
policy: {retries: 2, maxAge: 6h, deadLetter: queue://orders-failed, onFailure: null, onSuccess: null}
source: {events: 10, every: 0s} # or queue: …, stream: …, ckafka: … (section 11, contract.md)
afterFailure: stop              # or continue: the handler continues after a failed record
destinations: {orders-failed: {limit: 64KB, answers: [200]}}
backoff: 1s                     # streams: pause before a retry (assumed)
ageBase: split                  # streams: split (default) or arrival
expect: {dead: [3], attempts: 12, invocations: 12}
"""


def read(text: str) -> Scenario:
    diagnostics = Diagnostics()
    scenario = parse_scenario(text, "s.yml", diagnostics)
    assert list(diagnostics) == []
    return scenario


def problems(text: str) -> list[str]:
    diagnostics = Diagnostics()
    parse_scenario(text, "s.yml", diagnostics)
    return [f"{finding.subject}: {finding.detail} {finding.hint or ''}".strip() for finding in diagnostics]


def test_documented_sample_is_read() -> None:
    scenario = read(SAMPLE)
    assert scenario.handler == "orders"
    assert scenario.outcomes is not None
    assert [outcome.status for outcome in scenario.outcomes[3]] == [430, 430, 430]
    assert [outcome.status for outcome in scenario.outcomes[0]] == [200]
    assert scenario.policy.dead_letter == Target("queue", "orders-failed")
    assert (scenario.policy.retries, scenario.policy.max_age_ms, scenario.policy.on_failure) == (2, 21_600_000, None)
    assert scenario.source == EventSource(10, 0)
    assert scenario.destinations["orders-failed"].limit_bytes == 65_536
    assert scenario.backoff_ms == 1000
    assert scenario.expect == {"dead": (3,), "attempts": 12, "invocations": 12}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{events: 3, every: 2s}", EventSource(3, 2000)),
        ("{queue: orders, acknowledge: report, every: 1s}", QueueSource("orders", acknowledge="report", every_ms=1000)),
        ("{stream: clicks, shards: 3, every: 1s}", StreamSource("clicks", every_ms=1000, shards=3)),
        ("{stream: clicks, retries: 2, maxAge: 1h}", StreamSource("clicks", retries=2, max_age_ms=3_600_000)),
        ("{ckafka: topic, every: 1s}", CkafkaSource("topic", every_ms=1000)),
        (
            "{queue: orders, messages: 5, batch: 2, visibility: 30s, maxReceive: 3, deadLetter: dead}",
            QueueSource("orders", 5, 2, 30_000, 3, Target("queue", "dead")),
        ),
        ("{ckafka: topic, messages: 10, batch: 10, retry: 10000}", CkafkaSource("topic", 10, 10, 10_000)),
        (
            "{stream: clicks, records: 10, batch: 10, bisect: true, retries: 2, maxAge: -1, onFailure: topic://bad}",
            StreamSource("clicks", 10, 10, True, 2, None, Target("topic", "bad")),  # noqa: FBT003, RUF100
        ),
    ],
)
def test_sources_are_read(source: str, expected: object) -> None:
    assert read(f"source: {source}\n").source == expected


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("430", [430]),
        ("[ok, fail, timeout, throttled, system]", [200, 430, 433, 432, 500]),
        ("{fail: no customer}", [430]),
        ("{default: 500}", [500]),
    ],
)
def test_outcomes_are_statuses_or_words(text: str, statuses: list[int]) -> None:
    outcomes = read(f"outcomes: {text}\n").outcomes
    assert outcomes is not None
    assert [outcome.status for outcome in outcomes[0]] == statuses


def test_text_of_a_failure_is_kept() -> None:
    outcomes = read("outcomes: {event 2: [{fail: no customer}, ok]}\n").outcomes
    assert outcomes is not None
    assert [outcome.text for outcome in outcomes[2]] == ["no customer", ""]


def test_every_key_of_a_policy_is_read() -> None:
    keys = (
        "retries: 1, maxAge: 1h, deadLetter: queue://dead, onFailure: topic://failed, onSuccess: bus://done, "
        "queueLimit: 5, trace: events, unsupported: drop"
    )
    expected = FunctionPolicy(
        retries=1,
        max_age_ms=3_600_000,
        dead_letter=Target("queue", "dead"),
        on_failure=Target("topic", "failed"),
        on_success=Target("bus", "done"),
        queue_limit=5,
        is_traced=True,
        unsupported="drop",
    )
    scenario = read(f"policy: {{{keys}}}\ndestinations: {{B: {{{keys}, type: http, limit: 1KB, answers: 404}}}}\n")

    assert scenario.policy == expected
    assert scenario.destinations["B"] == DestinationRules(1024, (404,), expected, is_http=True)


def test_other_keys_of_a_scenario_are_read() -> None:
    scenario = read("duration: 2s\nevent: {a: 1}\nafterFailure: continue\nageBase: arrival\n")

    assert (scenario.duration_ms, scenario.event) == (2000, '{"a": 1}')
    assert (scenario.after_failure, scenario.age_base) == ("continue", "arrival")


def test_function_that_is_a_destination_has_its_own_policy() -> None:
    scenario = read("destinations:\n  B: {onSuccess: function://A, outcomes: 430}\n  C: {policy: {retries: 1}}\n")
    own, other = scenario.destinations["B"], scenario.destinations["C"]
    assert own.policy is not None
    assert own.policy.on_success == Target("function", "A")
    assert own.outcomes is not None
    assert other.policy is not None
    assert other.policy.retries == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("polciy: {}\n", 's.yml:1:1: There is no key "polciy" in a scenario. Did you mean "policy"?'),
        (
            "policy:\n  retires: 2\n",
            's.yml:2:3: There is no key "retires" in policy. Did you mean "retries"?',
        ),
        (
            "source: {events: many}\n",
            's.yml:1:18: "source.events" must be an integer from 0 to 10,000,000, not "many".',
        ),
        (
            "on: [scf, lamda]\n",
            's.yml:1:11: "on" must be one of scf, functiongraph, fc, lambda, not "lamda". Did you mean "lambda"?',
        ),
        (
            "outcomes: {event 3: fial}\n",
            's.yml:1:21: "outcomes.event 3" must be a status such as 430, or one of ok, fail, timeout, throttled, '
            'system, not "fial". Did you mean "fail"?',
        ),
        (
            "outcomes: {evnt 3: ok}\n",
            's.yml:1:12: "outcomes" must be "default", "event N", "message N" or "record N", not "evnt 3".',
        ),
        (
            "policy:\n  maxAge: long\n",
            's.yml:2:11: "policy.maxAge" must be a duration such as 90s, 10m, 6h or 1h30m, not "long".',
        ),
        (
            "destinations: {x: {limit: 64kb}}\n",
            's.yml:1:27: "destinations.x.limit" must be a size such as 65536, 64KB or 4MB, not "64kb".',
        ),
        ("- a\n", 's.yml:1:1: "a scenario" must be a mapping, not a list.'),
        (
            "source: {queue: q, acknowledge: bach}\n",
            's.yml:1:33: "source.acknowledge" must be one of batch, delete, report, not "bach". Did you mean "batch"?',
        ),
    ],
)
def test_mistakes_have_a_position_and_a_suggestion(text: str, problem: str) -> None:
    assert problems(text) == [problem]


@pytest.mark.parametrize("text", ["orders-failed", "queue:orders-failed"])
def test_destination_without_a_kind_gets_one_suggested(text: str) -> None:
    (problem,) = problems(f"policy: {{deadLetter: {text}}}\n")
    assert problem.startswith('s.yml:1:22: "policy.deadLetter" must be a destination such as queue://NAME; kinds: ')
    assert problem.endswith(f'not "{text}". Did you mean "queue://orders-failed"?')


def test_project_file_instead_of_a_scenario_is_named() -> None:
    advice = "This is a serverless.yml; without a file, `simulate` runs its function."
    assert problems("component: scf\ninputs: {}\n") == [
        f's.yml:1:1: There is no key "component" in a scenario. {advice}',
        f's.yml:2:1: There is no key "inputs" in a scenario. {advice}',
    ]


def test_all_mistakes_of_a_file_are_reported() -> None:
    assert len(problems("on: aws\nduration: x\nsource: {stream: s, bisect: perhaps, recods: 3}\n")) == 4


def test_text_between_brackets_may_have_colons() -> None:
    assert problems("policy: {deadLetter: queue://x, retries: [1}\n")[0].startswith("s.yml:1:44: Between brackets")
