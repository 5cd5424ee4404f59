"""API Gateway is retired.

## What is wrong

`autoCreateApi: true` asks for an API Gateway trigger.

## Why

Since 2024-07-01 no new ones can be made, and on 2025-06-30 all were taken offline. A function URL takes their place.

## Wrong

```yaml
autoCreateApi: true
```

## Right

```yaml
events:
  - http:
      parameters: {authType: NONE}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import flag


@rule(
    "auto-create-api-retired",
    Severity.ERROR,
    "API Gateway is retired",
    detail="The platform no longer creates API Gateway triggers.",
    hint="Add `- http:` under events, with `parameters: {authType: NONE}`, and remove "
    "autoCreateApi; `scfdeploy migrate` does it for you.",
    code="FailedOperation.Apigw",
    looks_at=("settings.autoCreateApi",),
)
def auto_create_api_retired(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find the wish for one."""
    if flag(function.settings, "autoCreateApi"):
        yield auto_create_api_retired.finding_at_key(function, "autoCreateApi")
