"""Timer name longer than the product page allows.

## What is wrong

The name of a timer has more than {timer.name.max_chars} characters.

## Why

The API documentation allows {timer.name.api_max_chars} characters, the product page {timer.name.max_chars}.

## Wrong

```yaml
events:
  - timer:
      name: every-morning-every-morning-every-morning-every-morning-every-morning-call
      parameters:
        cronExpression: "0 0 8 * * * *"
        enable: true
```

## Right

```yaml
events:
  - timer:
      name: every-morning
      parameters:
        cronExpression: "0 0 8 * * * *"
        enable: true
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import triggers_of


@rule(
    "timer-name-length",
    Severity.WARNING,
    "Very long timer name",
    detail="The name has {length} characters; the product page allows {usual}.",
    hint="Choose a shorter name if the platform rejects it.",
    code="InvalidParameterValue.TriggerName",
    looks_at=("triggers.timer",),
)
def timer_name_length(function: FunctionSpec, context: Context) -> Findings:
    usual, most = limit("timer.name.max_chars"), limit("timer.name.api_max_chars")
    for trigger in triggers_of(function, "timer"):
        if usual < len(trigger.name) <= most:
            yield timer_name_length.trigger_finding(trigger, "name", length=len(trigger.name), usual=usual)
