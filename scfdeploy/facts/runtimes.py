"""Language runtimes, their support status, and how a web function is started on each."""

from __future__ import annotations

from functools import cache

from scfdeploy.facts.loader import rows
from scfdeploy.records import NamedTuple


class Runtime(NamedTuple):
    """One value of `runtime`."""

    name: str
    language: str
    """python, nodejs, php, java, go or custom."""
    state: str
    """current, unverified (offered on a sister platform only), old (end of life), retiring (being disabled)."""
    interpreter: str
    """The interpreter in a generated scf_bootstrap; empty when none can be generated."""
    default_entry: str
    """The entry file in a generated scf_bootstrap; empty when none can be generated."""


@cache
def runtimes() -> dict[str, Runtime]:
    """Every known runtime by its exact API name."""
    return {row["name"]: Runtime(**row) for row in rows("runtimes")}


def runtime(name: str) -> Runtime | None:
    """The runtime with exactly this name, or None for one that the table does not list (yet)."""
    return runtimes().get(name)
