"""An API Gateway is wanted.

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
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import flag

INFO = RuleInfo("auto-create-api-retired", "FailedOperation.Apigw", Severity.ERROR, "0.1.0", "An API Gateway is wanted")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find the wish for one."""
    if flag(function.settings, "autoCreateApi"):
        yield INFO.found_key(
            function,
            "autoCreateApi",
            detail="API Gateway triggers are gone: none can be made any more.",
            hint="Write `- http:` under events, with `parameters: {authType: NONE}`, and remove autoCreateApi; "
            "`scfdeploy migrate` does it for you.",
        )


RULE = Rule(INFO, check)
