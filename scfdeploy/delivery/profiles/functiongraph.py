"""FunctionGraph: asynchronous events and their notifications."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from scfdeploy.delivery.core import CLASSES_WITH_THROTTLES, AsyncProfile
from scfdeploy.delivery.envelopes import functiongraph_message
from scfdeploy.delivery.platform import AsyncPlatform, Decision, ranges_of
from scfdeploy.facts import delivery_value

TABLE = "functiongraph"
_SERVICES = MappingProxyType(
    {
        "function": "functiongraph",
        "bucket": "obs",
        "stream": "dis",
        "topic": "smn",
        "functiongraph": "functiongraph",
        "obs": "obs",
        "dis": "dis",
        "smn": "smn",
    }
)
_INTERVAL = ("functiongraph.interval_ms",)

PLATFORM = AsyncPlatform(
    "functiongraph",
    TABLE,
    *ranges_of(TABLE),
    functiongraph_message,
    failures=_SERVICES,
    successes=_SERVICES,
    assumptions=MappingProxyType(
        {
            Decision.RETRY: _INTERVAL,
            Decision.REPEAT: _INTERVAL,
            Decision.MAX_AGE: ("functiongraph.max_age.default_ms",),
        }
    ),
)


def functiongraph_profile(
    *,
    retries: int | None = None,
    max_age_ms: int | None = None,
    on_failure: str = "",
    on_success: str = "",
    has_policy: bool | None = None,
    limits: Mapping[str, int] = MappingProxyType({}),
) -> AsyncProfile:
    """The profile of a function; None means the platform's default. Raises PolicyError for a value out of range.

    A function without a policy is not retried. `has_policy` says whether it has one; None means that it has one when
    another argument sets something.
    """
    PLATFORM.require(retries=retries, max_age_ms=max_age_ms, on_failure=on_failure, on_success=on_success)
    if has_policy is None:
        has_policy = any(value is not None for value in (retries, max_age_ms)) or bool(on_failure or on_success)
    if retries is None:
        retries = delivery_value(TABLE, "retries.default" if has_policy else "retries.default_without_policy")
    interval = (delivery_value(TABLE, "interval_ms"),)
    return AsyncProfile(
        PLATFORM,
        retries,
        PLATFORM.max_age_ms.default if max_age_ms is None else max_age_ms,
        interval,
        interval,
        CLASSES_WITH_THROTTLES,
        on_failure=on_failure,
        on_success=on_success,
        limits=limits,
    )
