"""Invalid memory size.

## What is wrong

`memorySize` is not a supported size: {memory.small_mb} MB, or a multiple of {memory.step_mb} MB.

## Why

The platform rejects the function when it is created or updated.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import integer


@rule(
    "memory-step",
    Severity.ERROR,
    "Invalid memory size",
    detail="memorySize is {memory} MB; it must be {small} MB, or {step} to {most} MB in steps of {step} MB.",
    code="InvalidParameterValue.Memory",
    looks_at=("settings.memorySize",),
)
def memory_step(function: FunctionSpec, context: Context) -> Findings:
    memory = integer(function.settings, "memorySize")
    small, step, most = limit("memory.small_mb"), limit("memory.step_mb"), limit("memory.max_mb")
    if memory is None or memory == small or (memory > 0 and memory % step == 0):
        return
    below = max(memory // step * step, small)
    above = max((memory // step + 1) * step, small)
    yield memory_step.finding_at(
        function,
        "memorySize",
        hint="Use {below} or {above}." if small <= memory < most else "Use {nearest}.",
        memory=memory,
        small=small,
        step=step,
        most=most,
        below=below,
        above=above,
        nearest=min(max(below, small), most),
    )
