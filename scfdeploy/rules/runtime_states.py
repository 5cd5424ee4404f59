"""Runtimes that are known and not what they were: old, going, or not confirmed."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.language import current_runtimes, runtime_of
from scfdeploy.rules.rule import RuleInfo
from scfdeploy.rules.values import written


def in_state(function: FunctionSpec, state: str, info: RuleInfo, *, detail: str) -> Iterator[Diagnostic]:
    """The finding that the runtime, where one is written, is in this state; `detail` goes on behind its name."""
    runtime = runtime_of(function)
    if runtime is None or runtime.state != state or not written(function, "runtime"):
        return
    yield info.found(
        function,
        "runtime",
        detail=f"{runtime.name} {detail}",
        hint=f"Current for this language: {current_runtimes(runtime.language)}. Changing it replaces the function.",
    )
