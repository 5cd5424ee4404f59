"""No dead letter queue.

## What is wrong

A trigger calls the function asynchronously, and `deadLetter` is not set. This note is part of `validate`, not of `plan`
and `apply`.

## Why

An event that still fails after its retries, or is too old for another attempt, is dropped. Nothing keeps it, and no
record says that it existed.

## Wrong

```yaml
retryNum: 2
msgTTL: 180
events:
  - timer:
      parameters: {cronExpression: 0 0 9 * * * *, enable: true}
```

## Right

```yaml
retryNum: 2
msgTTL: 180
deadLetter:
  type: CMQ-QUEUE
  name: failed-events
events:
  - timer:
      parameters: {cronExpression: 0 0 9 * * * *, enable: true}
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import asynchronous_triggers, flag, unread


@rule(
    "dead-letter-missing",
    Severity.INFO,
    "No dead letter queue",
    detail="The {type} trigger calls {function} asynchronously. Events that fail for good are dropped: there is no "
    "deadLetter.",
    hint="Set deadLetter to keep them. `scfdeploy simulate` shows what happens to an event.",
    looks_at=("triggers",),
)
def dead_letter_missing(function: FunctionSpec, context: Context) -> Findings:
    settings = function.settings
    if settings.get("deadLetter") or unread(function, "deadLetter") or flag(settings, "asyncRunEnable"):
        return
    trigger = next(asynchronous_triggers(function), None)
    if trigger is not None:
        yield dead_letter_missing.at(
            trigger.span, address=str(function.address), type=trigger.type, function=function.name
        )
