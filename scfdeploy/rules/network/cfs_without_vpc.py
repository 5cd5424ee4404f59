"""File system without a VPC.

## What is wrong

`cfs` mounts a file system, but `vpcConfig` is missing or empty.

## Why

A file system is reachable only inside its VPC. The platform rejects the function.

## Wrong

```yaml
cfs:
  - {cfsId: cfs-8f3k2m1p, localMountDir: /mnt/data, remoteMountDir: /}
```

## Right

```yaml
vpcConfig: {vpcId: vpc-8f3k2m1p, subnetId: subnet-b2xk4e1q}
cfs:
  - {cfsId: cfs-8f3k2m1p, localMountDir: /mnt/data, remoteMountDir: /}
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import block_of, blocks, text, unread


@rule(
    "cfs-without-vpc",
    Severity.ERROR,
    "File system without a VPC",
    detail="cfs requires vpcConfig: a file system is reachable only inside its VPC.",
    hint="Add vpcConfig with the VPC and a subnet of the file system.",
    code="InvalidParameterValue.VpcNotSetWhenOpenCfs",
    looks_at=("settings.cfs",),
)
def cfs_without_vpc(function: FunctionSpec, context: Context) -> Findings:
    has_network = text(block_of(function, "vpcConfig"), "vpcId") or unread(function, "vpcConfig", "vpcId")
    if has_network or not any(blocks(function.settings, "cfs")):
        return
    yield cfs_without_vpc.finding_at_key(function, "cfs")
