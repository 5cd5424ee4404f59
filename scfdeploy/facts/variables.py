"""Environment variables that the platform sets, and the prefixes that it reserves."""

from __future__ import annotations

from functools import cache

from scfdeploy.facts.loader import rows
from scfdeploy.records import NamedTuple


class BuiltInVariable(NamedTuple):
    """One variable that the platform sets in the instances of functions."""

    name: str
    value: str
    """The value; `{…}` is what the function or the account has, such as `{region}`."""
    meaning: str
    condition: str
    """role: set if the function has a role; timer: if a timer started it; empty: always."""
    languages: str
    """The language that it is set for; empty for all."""
    types: str
    """event, if web functions do not have it; empty for all."""
    basis: str
    """guide, or spelling for another spelling of the documentation."""


@cache
def built_in_variables() -> dict[str, BuiltInVariable]:
    """Every variable of the platform by its name."""
    return {row["name"]: BuiltInVariable(**row) for row in rows("built_in_variables")}


@cache
def reserved_prefixes() -> tuple[str, ...]:
    """Prefixes of reserved environment variables."""
    return tuple(row["name"] for row in rows("environment"))


@cache
def variables_of_the_platform() -> frozenset[str]:
    """Variables of the platform without a reserved prefix."""
    return frozenset(name for name in built_in_variables() if not name.startswith(reserved_prefixes()))
