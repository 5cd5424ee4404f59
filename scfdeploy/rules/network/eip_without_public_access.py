"""Fixed public address without public access.

## What is wrong

`eip: true` is written beside `publicAccess: false`.

## Why

A fixed address is one by which the function reaches the internet; the platform refuses it where it may not.

## Wrong

```yaml
publicAccess: false
eip: true
vpcConfig: {vpcId: vpc-8f3k2m1p, subnetId: subnet-b2xk4e1q}
```

## Right

```yaml
publicAccess: true
eip: true
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import flag

INFO = RuleInfo(
    "eip-without-public-access",
    "InvalidParameterValue.PublicNetConfig",
    Severity.ERROR,
    "0.1.0",
    "Fixed address without public access",
)


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a fixed address that could not be used."""
    if flag(function.settings, "eip") and flag(function.settings, "publicAccess") is False:
        yield INFO.found(
            function,
            "eip",
            detail="eip needs publicAccess, which is false.",
            hint="Write publicAccess: true, or eip: false.",
        )


RULE = Rule(INFO, check)
