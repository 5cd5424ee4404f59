"""The environment variables that belong to the platform."""

from __future__ import annotations

from functools import cache

from scfdeploy.facts.loader import rows


@cache
def _names() -> dict[str, str]:
    return {row["name"]: row["kind"] for row in rows("environment")}


def reserved_prefixes() -> tuple[str, ...]:
    """How names begin that nobody may set."""
    return tuple(name for name, kind in _names().items() if kind == "prefix")


def variables_of_the_platform() -> frozenset[str]:
    """Names that the platform sets itself in every instance."""
    return frozenset(name for name, kind in _names().items() if kind == "set")
