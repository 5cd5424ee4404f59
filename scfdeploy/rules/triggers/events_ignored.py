"""Triggers that are not deployed.

## What is wrong

`events` lists triggers beside `ignoreTriggers: true`.

## Why

The triggers of the function are then left as they are: what `events` says is neither made, nor changed, nor removed.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import flag


@rule(
    "events-ignored",
    Severity.INFO,
    "Triggers are not deployed",
    detail="ignoreTriggers is true, so nothing is done with the triggers that are listed here.",
    hint="Remove ignoreTriggers to deploy them.",
    looks_at=("settings.ignoreTriggers",),
)
def events_ignored(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find triggers that nothing is done with."""
    if function.triggers and flag(function.settings, "ignoreTriggers"):
        yield events_ignored.finding_at_key(function, "events")
