"""Credentials allowed for all origins.

## What is wrong

`corsConfig` of an `http` trigger has `credentials: true` and `*` among its `origins`.

## Why

Browsers reject a response that allows credentials from every origin.

## Wrong

```yaml
events:
  - http:
      parameters:
        corsConfig:
          enable: true
          origins: ["*"]
          credentials: true
```

## Right

```yaml
events:
  - http:
      parameters:
        corsConfig:
          enable: true
          origins: ["https://shop.example.com"]
          credentials: true
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import block, flag, texts, triggers_of


@rule(
    "http-cors-credentials",
    Severity.WARNING,
    "Credentials allowed for all origins",
    detail='credentials is true and origins contains "*"; browsers reject this combination.',
    hint="List the origins, or set credentials: false.",
    code="InvalidParameterValue.Cors",
    looks_at=("triggers.http",),
)
def http_cors_credentials(function: FunctionSpec, context: Context) -> Findings:
    for trigger in triggers_of(function, "http"):
        cors = block(trigger.settings, "corsConfig")
        if flag(cors, "credentials") and any(origin == "*" for _, origin in texts(cors, "origins")):
            yield http_cors_credentials.trigger_finding(trigger, "corsConfig", "credentials")
