"""Function without network access.

## What is wrong

`publicAccess` is false, and `vpcConfig` is missing.

## Why

The function can reach neither the internet nor a private network, and no service of the cloud.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import flag, unread


@rule(
    "public-access-off-without-vpc",
    Severity.WARNING,
    "Function without network access",
    detail="publicAccess is false and vpcConfig is not set: the function has no network access.",
    hint="Add vpcConfig, or set publicAccess: true.",
    looks_at=("settings.publicAccess",),
)
def public_access_off_without_vpc(function: FunctionSpec, context: Context) -> Findings:
    has_network = "vpcConfig" in function.settings or unread(function, "vpcConfig")
    if flag(function.settings, "publicAccess") is False and not has_network:
        yield public_access_off_without_vpc.finding_at(function, "publicAccess")
