"""Disk size above the default limit of an account.

## What is wrong

`diskSize` is above {disk.default_mb} MB, the default and the limit of most accounts.

## Why

Larger disks are in closed beta. The platform rejects them for accounts that are not in the beta.

## Wrong

```yaml
diskSize: 1024
```

## Right

```yaml
diskSize: 512
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import integer


@rule(
    "disk-above-usual",
    Severity.WARNING,
    "Disk size above the default limit",
    detail="diskSize is {size} MB; the limit is {usual} MB for accounts outside the closed beta.",
    hint="Remove diskSize, or ignore this finding if your account is in the beta.",
    code="UnsupportedOperation.DiskSize",
    looks_at=("settings.diskSize",),
)
def disk_above_usual(function: FunctionSpec, context: Context) -> Findings:
    size, usual = integer(function.settings, "diskSize"), limit("disk.default_mb")
    if size is not None and size > usual:
        yield disk_above_usual.finding_at(function, "diskSize", size=size, usual=usual)
