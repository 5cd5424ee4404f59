"""Numbers of asynchronous delivery of events, by platform."""

from __future__ import annotations

from functools import cache

from scfdeploy.facts.loader import rows


@cache
def _values() -> dict[tuple[str, str], int]:
    return {(row["profile"], row["name"]): int(row["value"]) for row in rows("delivery")}


def delivery_value(profile: str, name: str) -> int:
    """A number of tables/delivery.tsv; its name ends in its unit. Raises KeyError for an unknown one."""
    return _values()[profile, name]
