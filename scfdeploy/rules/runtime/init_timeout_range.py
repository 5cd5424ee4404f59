"""Initialisation timeout out of range.

## What is wrong

`initTimeout` is below {init_timeout.min_s} or above {init_timeout.max_s} seconds.

## Why

The platform refuses the function when it is created or updated.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import integer

INFO = RuleInfo(
    "init-timeout-range", "LimitExceeded.InitTimeout", Severity.ERROR, "0.1.0", "Initialisation timeout out of range"
)


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find an initialisation timeout that no function may have."""
    timeout = integer(function.settings, "initTimeout")
    least, most = limit("init_timeout.min_s"), limit("init_timeout.max_s")
    if timeout is None or least <= timeout <= most:
        return
    yield INFO.found(
        function,
        "initTimeout",
        detail=f"initTimeout is {timeout} s; it may be {least} to {most} s.",
        hint=f"Write {most if timeout > most else least}, or remove it: the platform's own value fits most functions.",
    )


RULE = Rule(INFO, check)
