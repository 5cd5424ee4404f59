"""A scenario as values. None means that the file does not say; the platform's default then applies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from scfdeploy.diagnostics import Span
from scfdeploy.records import dataclass, field

PLATFORMS = ("scf", "functiongraph", "fc", "lambda")
"""The platforms, as `on` and `--on` name them."""

GENERIC_KINDS = ("queue", "topic", "function", "bus", "bucket", "stream")
"""Kinds of destinations that are not named after the service of one platform."""

SERVICE_KINDS = {
    "cmq-queue": "queue",
    "cmq-topic": "topic",
    "obs": "bucket",
    "dis": "stream",
    "smn": "topic",
    "mns-queue": "queue",
    "mns-topic": "topic",
    "fc": "function",
    "eventbridge": "bus",
    "rocketmq": "queue",
    "sqs": "queue",
    "sns": "topic",
    "s3": "bucket",
    "functiongraph": "function",
    "lambda": "function",
}
"""Services that a destination can name, and the generic kind of each."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt does: the status of its call, and the message of a failure."""

    status: int
    text: str = ""


OUTCOME_WORDS = {"ok": 200, "fail": 430, "timeout": 433, "throttled": 432, "system": 500}
SUCCESS = (Outcome(200),)
_DEFAULT_FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class Target:
    """A destination, such as `queue://orders-failed`."""

    kind: str
    """What the scenario writes before `://`."""
    name: str

    @property
    def generic_kind(self) -> str:
        """One of `GENERIC_KINDS`."""
        return SERVICE_KINDS.get(self.kind, self.kind)

    def __str__(self) -> str:
        return f"{self.kind}://{self.name}"


@dataclass(frozen=True, slots=True)
class FunctionPolicy:
    """How the events of one function are retried, and where they go."""

    retries: int | None = None
    max_age_ms: int | None = None
    dead_letter: Target | None = None
    on_failure: Target | None = None
    on_success: Target | None = None
    queue_limit: int | None = None
    """How many events of SCF can be unfinished; fewer than in the cloud show what happens to those beyond."""
    is_traced: bool | None = None
    """Whether events are traced instead of retried: asyncRunEnable on SCF."""
    unsupported: str = "warn"
    """What happens to a setting that a platform does not have: `error`, `warn` or `drop`."""
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False)
    """The position of each value by its key."""


@dataclass(frozen=True, slots=True)
class EventSource:
    """Asynchronous events of a function."""

    events: int = 1
    every_ms: int = 0


@dataclass(frozen=True, slots=True)
class QueueSource:
    """Messages of a queue."""

    name: str
    messages: int = 10
    batch: int | None = None
    visibility_ms: int | None = None
    max_receive: int | None = None
    dead_letter: Target | None = None
    acknowledge: str = "batch"
    """`batch`, `delete` or `report`."""
    every_ms: int = 0


@dataclass(frozen=True, slots=True)
class StreamSource:
    """Records of a stream, spread over its shards in turn. Ages are None for no limit."""

    name: str
    records: int = 10
    batch: int | None = None
    bisect: bool = False
    retries: int | None = None
    max_age_ms: int | None = None
    on_failure: Target | None = None
    every_ms: int = 0
    shards: int = 1


@dataclass(frozen=True, slots=True)
class CkafkaSource:
    """Messages of a CKafka topic."""

    name: str
    messages: int = 10
    batch: int | None = None
    retry: int | None = None
    every_ms: int = 0


Source: TypeAlias = EventSource | QueueSource | StreamSource | CkafkaSource


@dataclass(frozen=True, slots=True)
class DestinationRules:
    """How one destination answers. A function that is one can have a policy and outcomes of its own."""

    limit_bytes: int | None = None
    answers: tuple[int, ...] = ()
    """By try; the last one repeats."""
    policy: FunctionPolicy | None = None
    outcomes: Mapping[int, tuple[Outcome, ...]] | None = None
    """As `Scenario.outcomes`."""
    is_http: bool | None = None
    """Whether it is a function for HTTP requests; None if the scenario does not say."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole scenario."""

    on: tuple[str, ...] = ("scf",)
    handler: str = ""
    outcomes: Mapping[int, tuple[Outcome, ...]] | None = None
    """By number of the event, message or record, then per attempt, where the last one repeats; 0 for all others."""
    duration_ms: int = 0
    event: str = ""
    """The text of each event, JSON; empty for `{"id": N}`."""
    policy: FunctionPolicy = FunctionPolicy()
    source: Source = EventSource()
    after_failure: str = "stop"
    """`stop` or `continue`."""
    destinations: Mapping[str, DestinationRules] = field(default_factory=dict)
    backoff_ms: int | None = None
    age_base: str = "split"
    """`split` or `arrival`."""
    expect: Mapping[str, object] = field(default_factory=dict)
    """What --assert compares, by the name of the count; numbers, or lists of items."""
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False)
    """The positions of top-level keys and of `expect`'s values, by path."""

    @property
    def first_function(self) -> str:
        """The name of the function that the source delivers to."""
        return self.handler or _DEFAULT_FUNCTION

    @property
    def item_count(self) -> int:
        """How many events, messages or records the source has."""
        match self.source:
            case EventSource(events=count) | StreamSource(records=count):
                return count
            case QueueSource(messages=count) | CkafkaSource(messages=count):
                return count

    def item_text(self, number: int) -> str:
        """The text of an event, message or record."""
        return self.event or f'{{"id": {number}}}'
