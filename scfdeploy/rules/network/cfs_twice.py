"""Duplicate mount directory.

## What is wrong

Two entries of `cfs` have one `localMountDir`.

## Why

A directory shows one file system; the platform rejects the second.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import blocks, text


@rule(
    "cfs-twice",
    Severity.ERROR,
    "Duplicate mount directory",
    detail='"{directory}" is where number {number} of the list is mounted already.',
    hint="Choose another directory, or remove one of them.",
    code="InvalidParameterValue.CfsParameterDuplicate",
    looks_at=("settings.cfs",),
)
def cfs_twice(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find mounts whose place is taken."""
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
