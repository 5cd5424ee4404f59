"""Triggers are not deployed.

## What is wrong

`ignoreTriggers: true` is set, but `events` lists triggers.

## Why

The triggers of the function stay unchanged: nothing in `events` is created, updated or deleted.

## Wrong

```yaml
ignoreTriggers: true
events:
  - timer:
      parameters: {name: nightly, cronExpression: '0 0 2 * * * *', enable: true}
```

## Right

```yaml
events:
  - timer:
      parameters: {name: nightly, cronExpression: '0 0 2 * * * *', enable: true}
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import flag


@rule(
    "events-ignored",
    Severity.INFO,
    "Triggers are not deployed",
    detail="ignoreTriggers is true, so the triggers listed here are not deployed.",
    hint="Remove ignoreTriggers to deploy them.",
    looks_at=("settings.ignoreTriggers",),
)
def events_ignored(function: FunctionSpec, context: Context) -> Findings:
    if function.triggers and flag(function.settings, "ignoreTriggers"):
        yield events_ignored.finding_at_key(function, "events")
