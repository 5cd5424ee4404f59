"""Disk above what an account has by default.

## What is wrong

`diskSize` is above {disk.default_mb} MB, the size that every function has.

## Why

Larger disks are in closed beta and given to single accounts on request. Any other account is refused.

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
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import integer

INFO = RuleInfo(
    "disk-above-usual", "UnsupportedOperation.DiskSize", Severity.WARNING, "0.1.0", "Disk above what an account has"
)


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a disk that only some accounts may have."""
    size, usual = integer(function.settings, "diskSize"), limit("disk.default_mb")
    if size is not None and size > usual:
        yield INFO.found(
            function,
            "diskSize",
            detail=f"diskSize is {size} MB; accounts have {usual} MB unless Tencent Cloud let them into the beta.",
            hint="Remove diskSize, or ignore this where your account was let in.",
        )


RULE = Rule(INFO, check)
