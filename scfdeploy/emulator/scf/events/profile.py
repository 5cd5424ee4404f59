"""The rules for the events of a function: its own settings and those of the server."""

from __future__ import annotations

from functools import lru_cache

from scfdeploy.delivery.core import AsyncProfile
from scfdeploy.delivery.profiles.scf import scf_profile
from scfdeploy.emulator.api_call import ApiCall
from scfdeploy.emulator.scf.records import aliases, functions
from scfdeploy.emulator.settings import Settings
from scfdeploy.emulator.store import EventSettings


def settings_of(call: ApiCall, key: str, qualifier: str) -> EventSettings:
    """The settings that apply to an event accepted now. The caller holds the store.

    Through an alias it is the dead letter queue of the main version, wherever the traffic goes.
    """
    function = functions.require(call, key)
    alias = aliases.find(call, key, qualifier)
    version = functions.get_version(call, key, alias["FunctionVersion"] if alias else qualifier)
    dead_letter = version["DeadLetterConfig"]
    return EventSettings(
        function["RetryNum"],
        function["MsgTTL"] * 1000,
        version["AsyncRunEnable"] == "TRUE",
        version["TraceEnable"] == "TRUE" and not _is_switched_off(call, function["FunctionName"]),
        dead_letter.get("Name") or "",
        dead_letter.get("Type") or "",
    )


def _is_switched_off(call: ApiCall, function: str) -> bool:
    return function in [name.strip() for name in call.context.settings.trace_off.split(",")]


def profile_of(event: EventSettings, server: Settings) -> AsyncProfile:
    """The rules of delivery for an event."""
    return _profile(event, server.queue_limit, server.burst_as == "overrun")


@lru_cache(maxsize=256)
def _profile(event: EventSettings, queue_limit: int, burst_as_overrun: bool) -> AsyncProfile:
    return scf_profile(
        retries=event.retries,
        max_age_ms=event.max_age_ms,
        dead_letter=event.dead_letter_name,
        is_traced=event.is_traced,
        queue_limit=queue_limit,
        burst_as_overrun=burst_as_overrun,
    )
