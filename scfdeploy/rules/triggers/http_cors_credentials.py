"""Credentials allowed for all origins.

## What is wrong

`corsConfig` of an `http` trigger has `credentials: true` and `*` among its `origins`.

## Why

Browsers refuse an answer that allows every origin to send cookies, so no page can use it with them.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import block, flag, texts, triggers_of


@rule(
    "http-cors-credentials",
    Severity.WARNING,
    "Credentials allowed for all origins",
    detail='credentials is true and origins has "*"; browsers refuse the two together.',
    hint="List the origins, or set credentials: false.",
    code="InvalidParameterValue.Cors",
    looks_at=("triggers.http",),
)
def http_cors_credentials(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find credentials together with any origin."""
    for trigger in triggers_of(function, "http"):
        cors = block(trigger.settings, "corsConfig")
        if flag(cors, "credentials") and any(origin == "*" for _, origin in texts(cors, "origins")):
            yield http_cors_credentials.trigger_finding(trigger, "corsConfig", "credentials")
