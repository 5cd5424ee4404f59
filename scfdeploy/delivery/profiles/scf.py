"""Tencent Cloud SCF: asynchronous events of one function."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from scfdeploy.delivery.core import AsyncProfile, ResultClass
from scfdeploy.delivery.envelopes import scf_message
from scfdeploy.delivery.platform import AsyncPlatform, Decision, Metrics, Range
from scfdeploy.delivery.trace import DeliveryKind
from scfdeploy.facts import delivery_value, limit

TABLE = "scf"
CLASSES = MappingProxyType({200: ResultClass.SUCCESS, 432: ResultClass.OVERRUN, 500: ResultClass.SYSTEM})
"""Every other status is an execution error, including 429, as the guide says."""
REFUSED_AT_ACCEPTANCE = frozenset({400, 401, 402, 406, 410, 436})
"""Statuses that the caller gets as the response: no event is created."""
_MS_PER_S = 1000
_OLDER_MAX_AGE_MS = 86_400_000
_INTERVAL = ("scf.interval.starts_at_attempt_end",)

PLATFORM = AsyncPlatform(
    "scf",
    TABLE,
    Range(0, limit("retry_num.max"), limit("retry_num.default")),
    Range(
        limit("msg_ttl.min_s") * _MS_PER_S,
        limit("msg_ttl.max_s") * _MS_PER_S,
        limit("msg_ttl.default_s") * _MS_PER_S,
        (_OLDER_MAX_AGE_MS,),
    ),
    scf_message,
    dead_letters=MappingProxyType(
        {"queue": "cmq-queue", "topic": "cmq-topic", "cmq-queue": "cmq-queue", "cmq-topic": "cmq-topic"}
    ),
    limits=MappingProxyType({"cmq-queue": "queue.message_max_bytes", "cmq-topic": "queue.message_max_bytes"}),
    metrics=MappingProxyType({DeliveryKind.DEAD_LETTER: Metrics("failedDeliveries")}),
    assumptions=MappingProxyType(
        {
            Decision.RETRY: _INTERVAL,
            Decision.REPEAT: _INTERVAL,
            Decision.QUEUE_FULL: ("scf.queue.rejects_newest",),
            Decision.SIZE: ("scf.queue.message_max_bytes",),
        }
    ),
)


def scf_profile(
    *,
    retries: int | None = None,
    max_age_ms: int | None = None,
    dead_letter: str = "",
    is_traced: bool = False,
    queue_limit: int | None = None,
    burst_as_overrun: bool = False,
    limits: Mapping[str, int] = MappingProxyType({}),
) -> AsyncProfile:
    """The profile of a function; None means the platform's default. Raises PolicyError for a value out of range.

    `is_traced` is asyncRunEnable: one attempt, no destination. With `burst_as_overrun` status 429 is repeated like
    432, which the guide leaves open.
    """
    PLATFORM.require(retries=retries, max_age_ms=max_age_ms, dead_letter=dead_letter)
    interval = (delivery_value(TABLE, "interval_ms"),)
    return AsyncProfile(
        PLATFORM,
        PLATFORM.retries.default if retries is None else retries,
        PLATFORM.max_age_ms.default if max_age_ms is None else max_age_ms,
        interval,
        interval,
        MappingProxyType({**CLASSES, 429: ResultClass.OVERRUN}) if burst_as_overrun else CLASSES,
        delivery_value(TABLE, "queue.max_events") if queue_limit is None else queue_limit,
        is_traced,
        dead_letter,
        limits=limits,
    )
