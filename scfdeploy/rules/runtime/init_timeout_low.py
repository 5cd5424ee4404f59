"""Initialization timeout too short for a cold start.

## What is wrong

`initTimeout` is below {init_timeout.low_s} seconds.

## Why

A cold start includes downloading the code. If it takes longer than this limit, the invocation fails with status 446
(PortBindingFailed) or 450 (InitContainerTimeout). Without the key, the platform allows about a minute.

## Wrong

```yaml
initTimeout: 3
```

## Right

```yaml
initTimeout: 65
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import integer


@rule(
    "init-timeout-low",
    Severity.WARNING,
    "Very short initialization timeout",
    detail="initTimeout is {timeout} s; a cold start that takes longer fails with status 446 or 450.",
    hint="Remove it, or set at least {low}.",
    looks_at=("settings.initTimeout",),
)
def init_timeout_low(function: FunctionSpec, context: Context) -> Findings:
    timeout = integer(function.settings, "initTimeout")
    low = limit("init_timeout.low_s")
    if timeout is None or not limit("init_timeout.min_s") <= timeout < low:
        return
    yield init_timeout_low.finding_at(function, "initTimeout", timeout=timeout, low=low)
