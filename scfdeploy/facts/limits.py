"""Numbers that the platform holds its users to."""

from __future__ import annotations

from functools import cache

from scfdeploy.facts.loader import rows


@cache
def _limits() -> dict[str, int]:
    return {row["name"]: int(row["value"]) for row in rows("limits")}


def limit(name: str) -> int:
    """The number called `name` in tables/limits.tsv; its unit is part of the name. KeyError when there is none."""
    return _limits()[name]
