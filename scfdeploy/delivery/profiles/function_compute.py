"""Function Compute: asynchronous events and their result callbacks."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from scfdeploy.delivery.core import CLASSES_WITH_THROTTLES, AsyncProfile, DeliveryRetry
from scfdeploy.delivery.envelopes import function_compute_message
from scfdeploy.delivery.platform import AsyncPlatform, Decision, Metrics, ranges_of
from scfdeploy.delivery.trace import DeliveryKind
from scfdeploy.facts import delivery_value

TABLE = "function_compute"
_SERVICES = MappingProxyType(
    {
        "queue": "mns-queue",
        "topic": "mns-topic",
        "function": "fc",
        "bus": "eventbridge",
        "mns-queue": "mns-queue",
        "mns-topic": "mns-topic",
        "fc": "fc",
        "eventbridge": "eventbridge",
        "rocketmq": "rocketmq",
    }
)
_METRICS = Metrics("FunctionDestinationErrors", "FunctionDestinationSucceed")

PLATFORM = AsyncPlatform(
    "fc",
    TABLE,
    *ranges_of(TABLE),
    function_compute_message,
    failures=_SERVICES,
    successes=_SERVICES,
    limits=MappingProxyType(
        {
            "mns-queue": "mns.message_max_bytes",
            "mns-topic": "mns.message_max_bytes",
            "fc": "fc.message_max_bytes",
            "eventbridge": "eventbridge.message_max_bytes",
            "rocketmq": "rocketmq.message_max_bytes",
        }
    ),
    metrics=MappingProxyType({DeliveryKind.FAILURE: _METRICS, DeliveryKind.SUCCESS: _METRICS}),
    assumptions=MappingProxyType({Decision.RETRY: ("function_compute.interval.first_ms",)}),
)


def function_compute_profile(
    *,
    retries: int | None = None,
    max_age_ms: int | None = None,
    on_failure: str = "",
    on_success: str = "",
    limits: Mapping[str, int] = MappingProxyType({}),
) -> AsyncProfile:
    """The profile of a function; None means the platform's default. Raises PolicyError for a value out of range."""
    PLATFORM.require(retries=retries, max_age_ms=max_age_ms, on_failure=on_failure, on_success=on_success)
    repeat_limit_ms = delivery_value(TABLE, "repeat.limit_ms")
    return AsyncProfile(
        PLATFORM,
        PLATFORM.retries.default if retries is None else retries,
        PLATFORM.max_age_ms.default if max_age_ms is None else max_age_ms,
        tuple(delivery_value(TABLE, "interval.first_ms") * 2**n for n in range(PLATFORM.retries.most)),
        tuple(delivery_value(TABLE, "repeat.first_ms") * 2**n for n in range(repeat_limit_ms.bit_length())),
        CLASSES_WITH_THROTTLES,
        on_failure=on_failure,
        on_success=on_success,
        repeat_limit_ms=repeat_limit_ms,
        delivery_retry=DeliveryRetry(
            delivery_value(TABLE, "delivery.first_pause_ms"), delivery_value(TABLE, "delivery.limit_ms")
        ),
        limits=limits,
    )
