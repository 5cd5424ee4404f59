"""AWS Lambda: asynchronous events, dead letter queues and destinations."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from scfdeploy.delivery.core import CLASSES_WITH_THROTTLES, AsyncProfile
from scfdeploy.delivery.envelopes import lambda_message
from scfdeploy.delivery.platform import AsyncPlatform, Decision, Metrics, ranges_of
from scfdeploy.delivery.trace import DeliveryKind
from scfdeploy.facts import delivery_value

TABLE = "lambda_async"
_DEAD_LETTERS = MappingProxyType({"queue": "sqs", "topic": "sns", "sqs": "sqs", "sns": "sns"})
_SUCCESSES = MappingProxyType(
    {**_DEAD_LETTERS, "function": "lambda", "bus": "eventbridge", "lambda": "lambda", "eventbridge": "eventbridge"}
)
_FAILURES = MappingProxyType({**_SUCCESSES, "bucket": "s3", "s3": "s3"})
_DELIVERIES = Metrics("DestinationDeliveryFailures")

PLATFORM = AsyncPlatform(
    "lambda",
    TABLE,
    *ranges_of(TABLE),
    lambda_message,
    dead_letters=_DEAD_LETTERS,
    failures=_FAILURES,
    successes=_SUCCESSES,
    metrics=MappingProxyType(
        {
            DeliveryKind.DEAD_LETTER: Metrics("DeadLetterErrors"),
            DeliveryKind.FAILURE: _DELIVERIES,
            DeliveryKind.SUCCESS: _DELIVERIES,
        }
    ),
    assumptions=MappingProxyType(
        {
            Decision.RETRY: ("lambda_async.interval.first_ms", "lambda_async.interval.next_ms"),
            Decision.REPEAT: ("lambda_async.repeat.factor",),
        }
    ),
)


def lambda_profile(
    *,
    retries: int | None = None,
    max_age_ms: int | None = None,
    dead_letter: str = "",
    on_failure: str = "",
    on_success: str = "",
    limits: Mapping[str, int] = MappingProxyType({}),
) -> AsyncProfile:
    """The profile of a function; None means the platform's default. Raises PolicyError for a value out of range."""
    PLATFORM.require(
        retries=retries,
        max_age_ms=max_age_ms,
        dead_letter=dead_letter,
        on_failure=on_failure,
        on_success=on_success,
    )
    return AsyncProfile(
        PLATFORM,
        PLATFORM.retries.default if retries is None else retries,
        PLATFORM.max_age_ms.default if max_age_ms is None else max_age_ms,
        (delivery_value(TABLE, "interval.first_ms"), delivery_value(TABLE, "interval.next_ms")),
        _repeat_delays(),
        CLASSES_WITH_THROTTLES,
        dead_letter=dead_letter,
        on_failure=on_failure,
        on_success=on_success,
        limits=limits,
    )


def _repeat_delays() -> tuple[int, ...]:
    delay, most = delivery_value(TABLE, "repeat.first_ms"), delivery_value(TABLE, "repeat.max_ms")
    delays = []
    while delay < most:
        delays.append(delay)
        delay *= delivery_value(TABLE, "repeat.factor")
    return (*delays, most)
