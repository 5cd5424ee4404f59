"""Tag key with a reserved prefix.

## What is wrong

The key of a tag begins with `qcloud`, `tencent` or `project`, which the platform reserves, or with `scfdeploy:`, the
prefix of ownership tags.

## Why

The tag service rejects the platform's prefixes. An ownership tag set manually could make one project delete functions
of another.

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

from scfdeploy.diagnostics import Severity, message
from scfdeploy.model import FunctionSpec
from scfdeploy.model.observed import APP_TAG
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import block_of

_OWNERSHIP = APP_TAG.partition(":")[0] + ":"
_PREFIXES = ("qcloud", "tencent", "project", _OWNERSHIP)


@rule(
    "tag-reserved",
    Severity.ERROR,
    "Reserved tag key",
    detail='"{key}" begins with "{prefix}", a prefix reserved for {owner}.',
    hint="Choose another key.",
    looks_at=("settings.tags",),
)
def tag_reserved(function: FunctionSpec, context: Context) -> Findings:
    for key in block_of(function, "tags"):
        prefix = next((prefix for prefix in _PREFIXES if key.lower().startswith(prefix)), None)
        if prefix is None:
            continue
        owner = "scfdeploy" if prefix == _OWNERSHIP else message("the platform")
        yield tag_reserved.finding_at_key(function, "tags", key, key=key, prefix=prefix, owner=owner)
