"""Clock expression of five fields.

## What is wrong

`cronExpression` of a timer has the five fields of other schedulers: minute, hour, day, month and weekday.

## Why

The platform still takes this form and advises against it. It is easily misread beside expressions of seven fields,
whose first field is the second.

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

from collections.abc import Iterator
from dataclasses import replace

from scfdeploy.diagnostics import Diagnostic, Severity, reworded
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo, span_in
from scfdeploy.rules.values import text, triggers_of
from scfdeploy.triggers.cron import ORDER, problems

INFO = RuleInfo("timer-cron-five-fields", None, Severity.WARNING, "0.1.0", "Clock expression in the older form")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find good expressions of five fields."""
    for trigger in triggers_of(function, "timer"):
        expression = text(trigger.settings, "cronExpression")
        if expression is None or len(expression.split()) != 5 or problems(expression):
            continue
        seven = f"0 {' '.join(expression.split())} *"
        found = INFO.found_in(
            trigger,
            "cronExpression",
            detail=f"This is the older form of five fields; today's has seven: {ORDER}.",
            hint=f'Write "{seven}".',
        )
        yield replace(found, fix=reworded(span_in(trigger, ("cronExpression",)), expression, seven))


RULE = Rule(INFO, check)
