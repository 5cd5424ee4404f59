"""Runtime that the platform is retiring.

## What is wrong

`runtime` is one that the platform has announced to switch off.

## Why

New functions on it can be rejected at any time, and later those that exist will stop.

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
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.runtimes import in_state


@rule(
    "runtime-retiring",
    Severity.WARNING,
    "Runtime is being retired",
    detail="{runtime} is being switched off by the platform; creating a function with it can fail.",
    hint="Current for this language: {current}. Changing the runtime replaces the function.",
    looks_at=("settings.runtime",),
)
def runtime_retiring(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a runtime whose state is "retiring"."""
    return in_state(function, "retiring", runtime_retiring)
