"""Tencent Cloud SCF: asynchronous events of one function."""

from __future__ import annotations

from types import MappingProxyType

from scfdeploy.delivery.core import AsyncProfile, ResultClass
from scfdeploy.facts import delivery_value

PLATFORM = "scf"
CLASSES = MappingProxyType({200: ResultClass.SUCCESS, 432: ResultClass.OVERRUN, 500: ResultClass.SYSTEM})
"""Every other status is an execution error, including 429, as the guide says."""
REFUSED_AT_ACCEPTANCE = frozenset({400, 401, 402, 406, 410, 436})
"""Statuses that the caller gets as the response: no event is created."""


def scf_profile(
    *,
    retries: int | None = None,
    max_age_ms: int | None = None,
    dead_letter: str = "",
    is_traced: bool = False,
    queue_limit: int | None = None,
    burst_as_overrun: bool = False,
) -> AsyncProfile:
    """The profile of a function; None means the platform's default.

    `is_traced` is asyncRunEnable: one attempt, no destination. With `burst_as_overrun` status 429 is repeated like
    432, which the guide leaves open.
    """
    interval = (delivery_value(PLATFORM, "interval_ms"),)
    return AsyncProfile(
        delivery_value(PLATFORM, "retries.default") if retries is None else retries,
        delivery_value(PLATFORM, "max_age.default_ms") if max_age_ms is None else max_age_ms,
        interval,
        interval,
        MappingProxyType({**CLASSES, 429: ResultClass.OVERRUN}) if burst_as_overrun else CLASSES,
        delivery_value(PLATFORM, "queue.max_events") if queue_limit is None else queue_limit,
        is_traced,
        dead_letter,
    )
