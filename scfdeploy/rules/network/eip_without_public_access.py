"""Fixed public IP without public access.

## What is wrong

`eip: true` is set together with `publicAccess: false`.

## Why

A fixed address is one by which the function reaches the internet; the platform rejects it where it may not.

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
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import flag


@rule(
    "eip-without-public-access",
    Severity.ERROR,
    "Fixed public IP without public access",
    detail="eip needs publicAccess, which is false.",
    hint="Set publicAccess: true, or eip: false.",
    code="InvalidParameterValue.PublicNetConfig",
    looks_at=("settings.eip",),
)
def eip_without_public_access(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a fixed address that could not be used."""
    if flag(function.settings, "eip") and flag(function.settings, "publicAccess") is False:
        yield eip_without_public_access.finding_at(function, "eip")
