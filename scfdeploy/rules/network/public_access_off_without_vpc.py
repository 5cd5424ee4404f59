"""Function that reaches no network at all.

## What is wrong

`publicAccess: false` is written without `vpcConfig`.

## Why

The function then reaches neither the internet nor a private network, not even the cloud's own services.

## Wrong

```yaml
publicAccess: false
```

## Right

```yaml
publicAccess: false
vpcConfig: {vpcId: vpc-8f3k2m1p, subnetId: subnet-b2xk4e1q}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import flag, unread

INFO = RuleInfo("public-access-off-without-vpc", None, Severity.WARNING, "0.1.0", "No network at all")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a function that is cut off."""
    has_network = "vpcConfig" in function.settings or unread(function, "vpcConfig")
    if flag(function.settings, "publicAccess") is False and not has_network:
        yield INFO.found(
            function,
            "publicAccess",
            detail="publicAccess is false and there is no vpcConfig: the function reaches no network.",
            hint="Add vpcConfig, or write publicAccess: true.",
        )


RULE = Rule(INFO, check)
