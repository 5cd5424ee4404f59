"""Disk size above the default limit of an account.

## What is wrong

`diskSize` is above {disk.default_mb} MB, the size that every function has.

## Why

Larger disks are in closed beta and given to single accounts on request. The request is rejected for any other account.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import integer


@rule(
    "disk-above-usual",
    Severity.WARNING,
    "Disk size above the default limit",
    detail="diskSize is {size} MB; accounts have {usual} MB unless Tencent Cloud let them into the beta.",
    hint="Remove diskSize, or ignore this where your account was let in.",
    code="UnsupportedOperation.DiskSize",
    looks_at=("settings.diskSize",),
)
def disk_above_usual(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a disk that only some accounts may have."""
    size, usual = integer(function.settings, "diskSize"), limit("disk.default_mb")
    if size is not None and size > usual:
        yield disk_above_usual.finding_at(function, "diskSize", size=size, usual=usual)
