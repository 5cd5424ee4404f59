"""The runtime and language of a function, and runtimes by lifecycle state."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic
from scfdeploy.facts import Runtime, runtime, runtimes
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Rule
from scfdeploy.rules.values import text, written

_VERSIONED = ("Python", "Nodejs", "Php", "Java", "Go")


def runtime_of(function: FunctionSpec) -> Runtime | None:
    """The function's runtime; None when none is written, or the table does not know it."""
    name = text(function.settings, "runtime")
    return runtime(name) if name is not None else None


def language_of(function: FunctionSpec) -> str:
    """python, nodejs, php, java, go or custom, also of a version that the table does not know; empty when unknown."""
    found = runtime_of(function)
    if found is not None:
        return found.language
    name = text(function.settings, "runtime") or ""
    return next((word.lower() for word in _VERSIONED if re.fullmatch(rf"{word}\d+(\.\d+)?", name)), "")


def current_runtimes(language: str) -> str:
    """The runtimes of a language that are neither old nor unconfirmed, for people."""
    return ", ".join(
        found.name for found in runtimes().values() if (found.language, found.state) == (language, "current")
    )


def in_state(function: FunctionSpec, state: str, rule: Rule) -> Iterator[Diagnostic]:
    """The rule's diagnostic if the runtime is written and in this state."""
    runtime = runtime_of(function)
    if runtime is None or runtime.state != state or not written(function, "runtime"):
        return
    yield rule.finding_at(function, "runtime", runtime=runtime.name, current=current_runtimes(runtime.language))
