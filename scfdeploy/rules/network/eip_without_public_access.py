"""Fixed public IP without public access.

## What is wrong

`eip: true` is set together with `publicAccess: false`.

## Why

The function uses the fixed IP to reach the internet. Without public access, the platform rejects it.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import flag


@rule(
    "eip-without-public-access",
    Severity.ERROR,
    "Fixed public IP without public access",
    detail="eip requires publicAccess, which is false.",
    hint="Set publicAccess: true, or eip: false.",
    code="InvalidParameterValue.PublicNetConfig",
    looks_at=("settings.eip",),
)
def eip_without_public_access(function: FunctionSpec, context: Context) -> Findings:
    if flag(function.settings, "eip") and flag(function.settings, "publicAccess") is False:
        yield eip_without_public_access.finding_at(function, "eip")
