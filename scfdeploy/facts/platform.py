"""Limits, name patterns and regions of the platform."""

from __future__ import annotations

import re
from functools import cache

from scfdeploy.facts.loader import rows


@cache
def _limits() -> dict[str, int]:
    return {row["name"]: int(row["value"]) for row in rows("limits")}


def limit(name: str) -> int:
    """The limit `name` of tables/limits.tsv; the name ends in its unit. Raises KeyError for an unknown name."""
    return _limits()[name]


def is_alias_name(name: str) -> bool:
    """Whether this is a valid alias name. Every function has the alias `$DEFAULT`."""
    if name == "$DEFAULT":
        return True
    return re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name) is not None and len(name) <= limit("alias.name.max_chars")


@cache
def region_names() -> frozenset[str]:
    """Names such as `ap-guangzhou`. A region missing here may be new: warn, do not fail."""
    return frozenset(row["name"] for row in rows("regions"))


@cache
def region_abbreviation(name: str) -> str:
    """The short name of a region in events of COS, such as `gz`; of an unknown region the name itself."""
    return {row["name"]: row["short"] for row in rows("regions")}.get(name, name)
