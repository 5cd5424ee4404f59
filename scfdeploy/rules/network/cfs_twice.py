"""Duplicate mount directory.

## What is wrong

Two entries of `cfs` have the same `localMountDir`.

## Why

A directory can mount only one file system. The platform rejects the second.

## Wrong

```yaml
vpcConfig: {vpcId: vpc-8f3k2m1p, subnetId: subnet-b2xk4e1q}
cfs:
  - {cfsId: cfs-8f3k2m1p, localMountDir: /mnt/data, remoteMountDir: /}
  - {cfsId: cfs-1a2b3c4d, localMountDir: /mnt/data, remoteMountDir: /}
```

## Right

```yaml
vpcConfig: {vpcId: vpc-8f3k2m1p, subnetId: subnet-b2xk4e1q}
cfs:
  - {cfsId: cfs-8f3k2m1p, localMountDir: /mnt/data, remoteMountDir: /}
  - {cfsId: cfs-1a2b3c4d, localMountDir: /mnt/more, remoteMountDir: /}
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import blocks, text


@rule(
    "cfs-twice",
    Severity.ERROR,
    "Duplicate mount directory",
    detail='"{directory}" is already the mount directory of entry {number}.',
    hint="Choose another directory, or remove one of the entries.",
    code="InvalidParameterValue.CfsParameterDuplicate",
    looks_at=("settings.cfs",),
)
def cfs_twice(function: FunctionSpec, context: Context) -> Findings:
    seen: dict[str, int] = {}
    for index, mount in blocks(function.settings, "cfs"):
        directory = text(mount, "localMountDir")
        if directory is None:
            continue
        place = directory.rstrip("/")
        if place in seen:
            yield cfs_twice.finding_at(
                function, "cfs", index, "localMountDir", directory=directory, number=seen[place] + 1
            )
        seen.setdefault(place, index)
