"""Too many tags.

## What is wrong

`tags` has too many entries: a resource can have {tags.max} tags, and scfdeploy needs three of them as ownership tags.

## Why

The tag service rejects further tags.

## Wrong

```text
tags:
  key1: a
  (… and 47 more)
```

## Right

```yaml
tags:
  team: orders
  cost-centre: '4711'
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.model.observed import OWNER_TAGS, WRITE_ONLY_TAGS
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import block_of


@rule(
    "tags-too-many",
    Severity.ERROR,
    "Too many tags",
    detail="The function has {count} tags; the maximum is {most}, because scfdeploy adds {own}.",
    hint="Remove some of them.",
    looks_at=("settings.tags",),
)
def tags_too_many(function: FunctionSpec, context: Context) -> Findings:
    own = len(OWNER_TAGS) + sum(name in function.settings for name in WRITE_ONLY_TAGS)
    count, most = len(block_of(function, "tags")), limit("tags.max") - own
    if count > most:
        yield tags_too_many.finding_at_key(function, "tags", count=count, most=most, own=own)
