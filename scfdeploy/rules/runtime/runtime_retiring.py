"""Runtime that the platform is about to switch off.

## What is wrong

`runtime` is one that the platform has announced to switch off.

## Why

New functions on it may be refused at any time, and later those that exist will stop.

## Wrong

```yaml
runtime: Nodejs8.9
handler: index.main_handler
```

## Right

```yaml
runtime: Nodejs18.15
handler: index.main_handler
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.runtimes import in_state

INFO = RuleInfo("runtime-retiring", None, Severity.WARNING, "0.1.0", "Runtime that is being switched off")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a runtime whose state is "retiring"."""
    return in_state(
        function,
        "retiring",
        INFO,
        detail="is being switched off by the platform; creating a function on it may fail.",
    )


RULE = Rule(INFO, check)
