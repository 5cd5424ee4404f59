"""Numbers of asynchronous delivery of events, by platform."""

from __future__ import annotations

from functools import cache

from scfdeploy.facts.loader import rows


@cache
def _values() -> dict[tuple[str, str], tuple[int, str]]:
    return {(row["profile"], row["name"]): (int(row["value"]), row["basis"]) for row in rows("delivery")}


def delivery_value(profile: str, name: str) -> int:
    """A number of tables/delivery.tsv; its name ends in its unit. Raises KeyError for an unknown one."""
    return _values()[profile, name][0]


def is_assumed(profile: str, name: str) -> bool:
    """Whether no source gives the number. Output that depends on it says so."""
    return _values()[profile, name][1] == "assumed"
