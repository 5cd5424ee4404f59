"""CMQ filter without a key.

## What is wrong

A `cmq` trigger has a `filterType` and no `filterKey`.

## Why

The type says only what kind of words the filter has. Without words every message calls the function.

## Wrong

```yaml
events:
  - cmq:
      parameters:
        name: orders
        filterType: 2
        enable: true
```

## Right

```yaml
events:
  - cmq:
      parameters:
        name: orders
        filterType: 2
        filterKey: ["order.*"]
        enable: true
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import integer, triggers_of, unread


@rule(
    "cmq-filter-incomplete",
    Severity.WARNING,
    "Filter has no effect",
    detail="`filterType` without `filterKey` passes every message.",
    hint="Add `filterKey`, or remove `filterType`.",
    looks_at=("triggers.cmq",),
)
def cmq_filter_incomplete(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find types of filters without a filter."""
    for trigger in triggers_of(function, "cmq"):
        has_filter = trigger.settings.get("filterKey") or unread(trigger, "filterKey")
        if integer(trigger.settings, "filterType") is not None and not has_filter:
            yield cmq_filter_incomplete.trigger_finding(trigger, "filterType")
