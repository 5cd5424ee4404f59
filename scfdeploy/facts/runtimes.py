"""The language runtimes, how old each is, and how a web function is started on it."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from scfdeploy.facts.loader import rows


class Runtime(NamedTuple):
    """One value of `runtime`.

    `language` is one of python, nodejs, php, java, go, custom. `state` is one of current, unverified (offered on a
    sister platform only), old (accepted, past its end of life upstream), retiring (being switched off).
    `interpreter` and `default_entry` are the words of a generated scf_bootstrap, empty where none can be made.
    """

    name: str
    language: str
    state: str
    interpreter: str
    default_entry: str


@cache
def runtimes() -> dict[str, Runtime]:
    """Every known runtime by its exact API name."""
    return {row["name"]: Runtime(**row) for row in rows("runtimes")}


def runtime(name: str) -> Runtime | None:
    """The runtime of exactly that name, or None: it may be newer than the table."""
    return runtimes().get(name)
