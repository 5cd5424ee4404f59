"""Which language a function is written in, as its runtime says."""

from __future__ import annotations

from scfdeploy.facts import Runtime, runtime, runtimes
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.values import text


def runtime_of(function: FunctionSpec) -> Runtime | None:
    """The function's runtime; None when none is written, or the table does not know it."""
    name = text(function.settings, "runtime")
    return runtime(name) if name is not None else None


def language_of(function: FunctionSpec) -> str:
    """python, nodejs, php, java, go or custom; empty when unknown."""
    found = runtime_of(function)
    return found.language if found is not None else ""


def current_runtimes(language: str) -> str:
    """The runtimes of a language that are neither old nor unconfirmed, for people."""
    return ", ".join(
        found.name for found in runtimes().values() if (found.language, found.state) == (language, "current")
    )
