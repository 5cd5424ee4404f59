"""CMQ filter without a key.

## What is wrong

A `cmq` trigger has `filterType` but no `filterKey`.

## Why

`filterType` only selects the kind of filter. Without a filter, every message invokes the function.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import integer, triggers_of, unread


@rule(
    "cmq-filter-incomplete",
    Severity.WARNING,
    "Filter has no effect",
    detail="`filterType` without `filterKey` passes every message.",
    hint="Add `filterKey`, or remove `filterType`.",
    looks_at=("triggers.cmq",),
)
def cmq_filter_incomplete(function: FunctionSpec, context: Context) -> Findings:
    for trigger in triggers_of(function, "cmq"):
        has_filter = trigger.settings.get("filterKey") or unread(trigger, "filterKey")
        if integer(trigger.settings, "filterType") is not None and not has_filter:
            yield cmq_filter_incomplete.trigger_finding(trigger, "filterType")
