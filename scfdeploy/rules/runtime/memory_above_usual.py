"""Memory size above the default limit of an account.

## What is wrong

`memorySize` is above {memory.max_mb} MB, the default limit of an account.

## Why

Tencent Cloud grants larger sizes, up to {memory.special_max_mb} MB, to single accounts on request. For other accounts
the platform rejects the function.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import integer


@rule(
    "memory-above-usual",
    Severity.WARNING,
    "Memory size above the default limit",
    detail="memorySize is {memory} MB; the default limit of an account is {most} MB.",
    hint="Use {most} or less, or ignore this finding if your limit has been raised.",
    code="LimitExceeded.Memory",
    looks_at=("settings.memorySize",),
)
def memory_above_usual(function: FunctionSpec, context: Context) -> Findings:
    memory = integer(function.settings, "memorySize")
    most = limit("memory.max_mb")
    if memory is None or memory <= most or memory % limit("memory.step_mb"):
        return
    yield memory_above_usual.finding_at(function, "memorySize", memory=memory, most=most)
