"""Runtime that the platform is retiring.

## What is wrong

The platform has announced the end of this `runtime`.

## Why

The platform can reject new functions with this runtime at any time, and later stops existing ones.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.runtime.runtime_old import lifecycle_finding


@rule(
    "runtime-retiring",
    Severity.WARNING,
    "Runtime is being retired",
    detail="The platform is retiring {runtime}; creating a function with it can fail.",
    hint="Current for this language: {current}. Changing the runtime replaces the function.",
    looks_at=("settings.runtime",),
)
def runtime_retiring(function: FunctionSpec, context: Context) -> Findings:
    return lifecycle_finding(function, "retiring", runtime_retiring)
