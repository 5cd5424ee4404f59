"""Timer that never fires.

## What is wrong

`cronExpression` matches no date, such as the 30th of February.

## Why

The platform can accept the trigger, but it never invokes the function.

## Wrong

```yaml
events:
  - timer:
      name: tick
      parameters:
        cronExpression: "0 0 0 30 2 * *"
        enable: true
```

## Right

```yaml
events:
  - timer:
      name: tick
      parameters:
        cronExpression: "0 0 0 L 2 * *"
        enable: true
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import text, triggers_of
from scfdeploy.triggers.cron import CronError, parse


@rule(
    "timer-never-fires",
    Severity.WARNING,
    "Timer never fires",
    detail='"{expression}" matches no date in the calendar.',
    hint='For the last day of a month use "L" in the day field.',
    looks_at=("triggers.timer",),
)
def timer_never_fires(function: FunctionSpec, context: Context) -> Findings:
    for trigger in triggers_of(function, "timer"):
        expression = text(trigger.settings, "cronExpression")
        if expression is not None and _never(expression):
            yield timer_never_fires.trigger_finding(trigger, "cronExpression", expression=expression)


def _never(expression: str) -> bool:
    try:
        schedule = parse(expression)
    except CronError:
        return False
    if schedule.any_day or len(schedule.months) == 12:
        return False
    from scfdeploy.triggers.cron_times import fires_ever  # slow to import, and rarely needed

    return not fires_ever(schedule)
