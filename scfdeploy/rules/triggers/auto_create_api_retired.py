"""API Gateway is retired.

## What is wrong

`autoCreateApi: true` requests an API Gateway trigger.

## Why

Tencent Cloud stopped creating API Gateway triggers on 2024-07-01 and shut down the existing ones on 2025-06-30.
Function URLs replace them.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
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
def auto_create_api_retired(function: FunctionSpec, context: Context) -> Findings:
    if flag(function.settings, "autoCreateApi"):
        yield auto_create_api_retired.finding_at_key(function, "autoCreateApi")
