"""Runtime documented for CloudBase only.

## What is wrong

CloudBase, which runs on the same platform, documents this `runtime`. SCF does not.

## Why

Depending on the region, SCF accepts it or rejects it when the function is created.

## Wrong

```yaml
runtime: Python3.11
handler: index.main_handler
```

## Right

```yaml
runtime: Python3.10
handler: index.main_handler
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.runtime.runtime_old import lifecycle_finding


@rule(
    "runtime-unverified",
    Severity.WARNING,
    "Runtime not confirmed for SCF",
    detail="{runtime} is documented for CloudBase but not for SCF; the platform can reject it.",
    hint="Current for this language: {current}. Changing the runtime replaces the function.",
    looks_at=("settings.runtime",),
)
def runtime_unverified(function: FunctionSpec, context: Context) -> Findings:
    return lifecycle_finding(function, "unverified", runtime_unverified)
