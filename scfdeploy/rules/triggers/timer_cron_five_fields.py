"""5-field cron expression.

## What is wrong

`cronExpression` of a timer has the five fields of other schedulers: minute, hour, day, month and weekday.

## Why

The platform still accepts this format but advises against it. It is easily confused with the seven-field format, which
begins with the second.

## Wrong

```yaml
events:
  - timer:
      name: tick
      parameters:
        cronExpression: "30 8 * * *"
        enable: true
```

## Right

```yaml
events:
  - timer:
      name: tick
      parameters:
        cronExpression: "0 30 8 * * * *"
        enable: true
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity, reworded
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule, span_in
from scfdeploy.rules.values import text, triggers_of
from scfdeploy.triggers.cron import order, problems


@rule(
    "timer-cron-five-fields",
    Severity.WARNING,
    "5-field cron expression",
    detail="This is the older format with five fields; the current one has seven: {order}.",
    hint='Use "{seven}".',
    looks_at=("triggers.timer",),
)
def timer_cron_five_fields(function: FunctionSpec, context: Context) -> Findings:
    for trigger in triggers_of(function, "timer"):
        expression = text(trigger.settings, "cronExpression")
        if expression is None or len(expression.split()) != 5 or problems(expression):
            continue
        seven = f"0 {' '.join(expression.split())} *"
        fix = reworded(span_in(trigger, ("cronExpression",)), expression, seven)
        yield timer_cron_five_fields.trigger_finding(trigger, "cronExpression", fix=fix, order=order(), seven=seven)
