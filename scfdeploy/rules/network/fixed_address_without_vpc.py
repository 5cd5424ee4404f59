"""Fixed private IP without a VPC.

## What is wrong

`intranetConfig.ipFixed` is true, but `vpcConfig` is missing.

## Why

The address belongs to the function's subnet. Without a VPC there is no subnet.

## Wrong

```yaml
intranetConfig: {ipFixed: true}
```

## Right

```yaml
vpcConfig: {vpcId: vpc-8f3k2m1p, subnetId: subnet-b2xk4e1q}
intranetConfig: {ipFixed: true}
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import block_of, flag, text, unread


@rule(
    "fixed-address-without-vpc",
    Severity.WARNING,
    "Fixed private IP without a VPC",
    detail="ipFixed reserves an address in the function's VPC, but vpcConfig is not set.",
    hint="Add vpcConfig, or remove intranetConfig.",
    looks_at=("settings.intranetConfig",),
)
def fixed_address_without_vpc(function: FunctionSpec, context: Context) -> Findings:
    is_fixed = flag(block_of(function, "intranetConfig"), "ipFixed")
    has_network = text(block_of(function, "vpcConfig"), "vpcId") or unread(function, "vpcConfig", "vpcId")
    if is_fixed and not has_network:
        yield fixed_address_without_vpc.finding_at(function, "intranetConfig", "ipFixed")
