"""Tag key with a reserved prefix.

## What is wrong

The key of a tag begins with `qcloud`, `tencent` or `project`, which are the platform's own, or with `scfdeploy:`, by
which this tool marks what it owns.

## Why

The tag service rejects the platform's prefixes. An ownership tag written manually could make one project delete
another's functions.

## Wrong

```yaml
tags:
  project: shop
```

## Right

```yaml
tags:
  app: shop
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.model.observed import APP_TAG
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import block_of

_OURS = APP_TAG.partition(":")[0] + ":"
_PREFIXES = ("qcloud", "tencent", "project", _OURS)


@rule(
    "tag-reserved",
    Severity.ERROR,
    "Reserved tag key",
    detail='"{key}" begins with "{prefix}"; such keys belong to {whose}.',
    hint="Choose another key.",
    looks_at=("settings.tags",),
)
def tag_reserved(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find keys that belong to the platform or to this tool."""
    for key in block_of(function, "tags"):
        prefix = next((prefix for prefix in _PREFIXES if key.lower().startswith(prefix)), None)
        if prefix is None:
            continue
        whose = "scfdeploy" if prefix == _OURS else "the platform"
        yield tag_reserved.finding_at_key(function, "tags", key, key=key, prefix=prefix, whose=whose)
