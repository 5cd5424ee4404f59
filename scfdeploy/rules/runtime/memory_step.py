"""Memory size between two steps.

## What is wrong

`memorySize` is none of the sizes that functions come in: {memory.small_mb} MB, or a multiple of {memory.step_mb} MB.

## Why

The platform refuses the function when it is created or updated.

## Wrong

```yaml
memorySize: 100
```

## Right

```yaml
memorySize: 128
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import integer

INFO = RuleInfo("memory-step", "InvalidParameterValue.Memory", Severity.ERROR, "0.1.0", "Memory size between steps")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a memory size that is neither the small one nor a whole number of steps."""
    memory = integer(function.settings, "memorySize")
    small, step, most = limit("memory.small_mb"), limit("memory.step_mb"), limit("memory.max_mb")
    if memory is None or memory == small or (memory > 0 and memory % step == 0):
        return
    below = max(memory // step * step, small)
    above = max((memory // step + 1) * step, small)
    choice = f"Write {below} or {above}." if small <= memory < most else f"Write {min(max(below, small), most)}."
    yield INFO.found(
        function,
        "memorySize",
        detail=f"memorySize is {memory} MB; it may be {small}, or {step} to {most} in steps of {step}.",
        hint=choice,
    )


RULE = Rule(INFO, check)
