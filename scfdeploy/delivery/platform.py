"""What a platform offers for asynchronous events: ranges, destinations, limits and metrics, as data.

Profiles are made from it, and checks of a policy read it instead of code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from scfdeploy.delivery.envelopes import EventResult, Message
from scfdeploy.delivery.trace import DeliveryKind
from scfdeploy.facts import delivery_value

FUNCTION_SERVICES = frozenset({"functiongraph", "fc", "lambda"})
"""Services of destinations that are functions."""


class Destination(NamedTuple):
    """Where an event is sent: `queue://orders-failed` has the scheme `queue` and the name `orders-failed`."""

    scheme: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Destination:
        """Read a destination; without `://` the scheme is empty."""
        scheme, separator, name = text.partition("://")
        return cls(scheme, name) if separator else cls("", text)


class Range(NamedTuple):
    """The values that a platform accepts."""

    least: int
    most: int
    default: int
    older: tuple[int, ...] = ()
    """Values outside that an older policy allowed. They are accepted, too."""

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int) and (self.least <= value <= self.most or value in self.older)


def ranges_of(table: str) -> tuple[Range, Range]:
    """The accepted numbers of retries and ages in milliseconds, of a profile in tables/delivery.tsv."""
    return (
        Range(0, delivery_value(table, "retries.max"), delivery_value(table, "retries.default")),
        Range(
            delivery_value(table, "max_age.min_ms"),
            delivery_value(table, "max_age.max_ms"),
            delivery_value(table, "max_age.default_ms"),
        ),
    )


class PolicyKey(StrEnum):
    """The parts of a policy, as a scenario spells them."""

    RETRIES = "retries"
    MAX_AGE = "maxAge"
    DEAD_LETTER = "deadLetter"
    ON_FAILURE = "onFailure"
    ON_SUCCESS = "onSuccess"


class PolicyProblem(NamedTuple):
    """A part of a policy that the platform does not accept."""

    key: PolicyKey
    value: int | str
    accepted: Range | None = None
    """The range of a number; `maxAge` counts in milliseconds."""
    schemes: tuple[str, ...] = ()
    """The schemes of destinations that are accepted there; empty when the platform has no such destination."""


class PolicyError(ValueError):
    """A policy that the platform does not accept."""

    def __init__(self, platform: str, problems: tuple[PolicyProblem, ...]) -> None:
        super().__init__(f"{platform}: " + "; ".join(map(_in_words, problems)))
        self.problems = problems


def _in_words(problem: PolicyProblem) -> str:
    if problem.accepted is not None:
        return f"{problem.key} {problem.value} is not in {problem.accepted.least}..{problem.accepted.most}"
    return f"{problem.key} {problem.value} is not one of: {', '.join(problem.schemes) or 'none'}"


class Decision(StrEnum):
    """What an assumed value decides."""

    RETRY = "retry"
    REPEAT = "repeat"
    MAX_AGE = "max-age"
    QUEUE_FULL = "queue-full"
    SIZE = "size"


class Metrics(NamedTuple):
    """The names under which a platform counts deliveries of a kind; empty where it does not."""

    failed: str
    delivered: str = ""


@dataclass(frozen=True, slots=True)
class AsyncPlatform:
    """A platform with asynchronous events."""

    name: str
    """As the command line and scenarios spell it."""
    table: str
    """Its profile in tables/delivery.tsv."""
    retries: Range
    max_age_ms: Range
    write: Callable[[str, str, DeliveryKind, EventResult], Message]
    """Writes the message that a destination of this name and service receives."""
    dead_letters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The service of each scheme that a dead letter queue may have; empty on a platform without them."""
    failures: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The same of destinations of failed events."""
    successes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The same of destinations of successful events."""
    limits: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The row of tables/delivery.tsv with the most bytes of a message, by service."""
    metrics: Mapping[DeliveryKind, Metrics] = field(default_factory=lambda: MappingProxyType({}))
    assumptions: Mapping[Decision, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """The assumed rows of tables/delivery.tsv, as `profile.name`, by what they decide; for retries one per retry."""

    def services(self, kind: DeliveryKind) -> Mapping[str, str]:
        """The service of each scheme that is accepted for a kind of delivery."""
        match kind:
            case DeliveryKind.DEAD_LETTER:
                return self.dead_letters
            case DeliveryKind.FAILURE:
                return self.failures
            case DeliveryKind.SUCCESS:
                return self.successes

    def service(self, kind: DeliveryKind, destination: Destination) -> str:
        """The service of a destination; without a scheme it is the first one."""
        services = self.services(kind)
        return services.get(destination.scheme) or next(iter(services.values()), "")

    @property
    def has_assumed_limits(self) -> bool:
        """Whether no source gives the limits of messages."""
        return Decision.SIZE in self.assumptions

    def message_limit(self, service: str) -> int | None:
        """The most bytes of a message to a service; None when no source gives a limit."""
        row = self.limits.get(service)
        return None if row is None else delivery_value(self.table, row)

    def problems(
        self,
        *,
        retries: int | None = None,
        max_age_ms: int | None = None,
        dead_letter: str = "",
        on_failure: str = "",
        on_success: str = "",
    ) -> tuple[PolicyProblem, ...]:
        """The parts of a policy that the platform does not accept. What is None or empty is not set."""
        numbers = (
            (PolicyKey.RETRIES, retries, self.retries),
            (PolicyKey.MAX_AGE, max_age_ms, self.max_age_ms),
        )
        destinations = (
            (PolicyKey.DEAD_LETTER, dead_letter, self.dead_letters),
            (PolicyKey.ON_FAILURE, on_failure, self.failures),
            (PolicyKey.ON_SUCCESS, on_success, self.successes),
        )
        return (
            *(
                PolicyProblem(key, value, accepted)
                for key, value, accepted in numbers
                if value is not None and value not in accepted
            ),
            *(
                PolicyProblem(key, text, None, tuple(services))
                for key, text, services in destinations
                if text and (scheme := Destination.parse(text).scheme) not in services and (scheme or not services)
            ),
        )

    def require(
        self,
        *,
        retries: int | None = None,
        max_age_ms: int | None = None,
        dead_letter: str = "",
        on_failure: str = "",
        on_success: str = "",
    ) -> None:
        """Raise PolicyError for a policy that the platform does not accept."""
        found = self.problems(
            retries=retries,
            max_age_ms=max_age_ms,
            dead_letter=dead_letter,
            on_failure=on_failure,
            on_success=on_success,
        )
        if found:
            raise PolicyError(self.name, found)
