"""Memory size above the default limit of an account.

## What is wrong

`memorySize` is above {memory.max_mb} MB, the largest size that an account has without asking.

## Why

Larger sizes, up to {memory.special_max_mb} MB, are given to single accounts on request. The request is rejected for any
other account when the function is created.

## Wrong

```yaml
memorySize: 8192
```

## Right

```yaml
memorySize: 3072
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import integer


@rule(
    "memory-above-usual",
    Severity.WARNING,
    "Memory size above the default limit",
    detail="memorySize is {memory} MB; accounts have at most {most} MB unless Tencent Cloud has raised it.",
    hint="Use {most} or less, or ignore this where your account has been raised.",
    code="LimitExceeded.Memory",
    looks_at=("settings.memorySize",),
)
def memory_above_usual(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a memory size that only some accounts may use."""
    memory = integer(function.settings, "memorySize")
    most = limit("memory.max_mb")
    if memory is None or memory <= most or memory % limit("memory.step_mb"):
        return
    yield memory_above_usual.finding_at(function, "memorySize", memory=memory, most=most)
