"""Trigger count above the default limit of an account.

## What is wrong

A function has more than {trigger.per_type} triggers of one type.

## Why

This is the default quota of an account. Unless Tencent Cloud has raised it, further triggers are rejected after the
function has been deployed.

## Wrong

```yaml
events:
  - timer: {name: tick-a, parameters: {cronExpression: "0 0 8 * * * *", enable: true}}
  - timer: {name: tick-b, parameters: {cronExpression: "0 1 8 * * * *", enable: true}}
  - timer: {name: tick-c, parameters: {cronExpression: "0 2 8 * * * *", enable: true}}
  - timer: {name: tick-d, parameters: {cronExpression: "0 3 8 * * * *", enable: true}}
  - timer: {name: tick-e, parameters: {cronExpression: "0 4 8 * * * *", enable: true}}
  - timer: {name: tick-f, parameters: {cronExpression: "0 5 8 * * * *", enable: true}}
  - timer: {name: tick-g, parameters: {cronExpression: "0 6 8 * * * *", enable: true}}
  - timer: {name: tick-h, parameters: {cronExpression: "0 7 8 * * * *", enable: true}}
  - timer: {name: tick-i, parameters: {cronExpression: "0 8 8 * * * *", enable: true}}
  - timer: {name: tick-j, parameters: {cronExpression: "0 9 8 * * * *", enable: true}}
  - timer: {name: tick-k, parameters: {cronExpression: "0 10 8 * * * *", enable: true}}
```

## Right

```yaml
events:
  - timer: {name: tick-a, parameters: {cronExpression: "0 0 8 * * * *", enable: true}}
  - timer: {name: tick-b, parameters: {cronExpression: "0 1 8 * * * *", enable: true}}
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule


@rule(
    "trigger-count",
    Severity.WARNING,
    "Trigger count above the default limit",
    detail="The function has {total} triggers of type {type}; accounts have {most} by default.",
    hint="Ignore this finding if your quota has been raised.",
    code="LimitExceeded.Trigger",
    looks_at=("triggers",),
)
def trigger_count(function: FunctionSpec, context: Context) -> Findings:
    most = limit("trigger.per_type")
    seen: dict[str, int] = {}
    for trigger in function.triggers:
        seen[trigger.type] = seen.get(trigger.type, 0) + 1
        if seen[trigger.type] == most + 1:
            total = sum(1 for other in function.triggers if other.type == trigger.type)
            yield trigger_count.trigger_finding(trigger, total=total, type=trigger.type, most=most)
