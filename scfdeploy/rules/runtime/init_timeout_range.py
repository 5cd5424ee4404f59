"""Initialization timeout out of range.

## What is wrong

`initTimeout` is below {init_timeout.min_s} or above {init_timeout.max_s} seconds.

## Why

The platform rejects the function when it is created or updated.

## Wrong

```yaml
initTimeout: 600
```

## Right

```yaml
initTimeout: 300
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import integer


@rule(
    "init-timeout-range",
    Severity.ERROR,
    "Initialization timeout out of range",
    detail="initTimeout is {timeout} s; it must be {least} to {most} s.",
    hint="Use {nearest}, or remove the key to use the platform's default.",
    code="LimitExceeded.InitTimeout",
    looks_at=("settings.initTimeout",),
)
def init_timeout_range(function: FunctionSpec, context: Context) -> Findings:
    timeout = integer(function.settings, "initTimeout")
    least, most = limit("init_timeout.min_s"), limit("init_timeout.max_s")
    if timeout is None or least <= timeout <= most:
        return
    yield init_timeout_range.finding_at(
        function, "initTimeout", timeout=timeout, least=least, most=most, nearest=most if timeout > most else least
    )
