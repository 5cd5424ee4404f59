"""Invalid cron expression.

## What is wrong

`cronExpression` of a timer is invalid. It has seven fields, separated by spaces:

| field | values | operators |
| --- | --- | --- |
| second | 0-59 | `,` `-` `*` `/` |
| minute | 0-59 | `,` `-` `*` `/` |
| hour | 0-23 | `,` `-` `*` `/` |
| day | 1-31 | `,` `-` `*` `/` `?` `L` `W` |
| month | 1-12 or JAN-DEC | `,` `-` `*` `/` |
| weekday | 0-6 or SUN-SAT, 0 is Sunday | `,` `-` `*` `/` `?` `L` `#` |
| year | 1970-2099 | `,` `-` `*` `/` |

When both day and weekday are restricted, the timer fires on either.

## Why

The platform rejects the trigger after the function has been deployed: the function exists, but nothing invokes it.

## Wrong

```yaml
events:
  - timer:
      name: tick
      parameters:
        cronExpression: "0 0 24 * * * *"
        enable: true
```

## Right

```yaml
events:
  - timer:
      name: tick
      parameters:
        cronExpression: "0 0 0 * * * *"
        enable: true
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Position, Severity, Span
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule, span_in
from scfdeploy.rules.values import text, triggers_of
from scfdeploy.triggers.cron import CronProblem, problems


@rule(
    "timer-cron",
    Severity.ERROR,
    "Invalid cron expression",
    detail="{problem}",
    hint="{advice}",
    code="InvalidParameterValue.TriggerDesc",
    looks_at=("triggers.timer",),
)
def timer_cron(function: FunctionSpec, context: Context) -> Findings:
    for trigger in triggers_of(function, "timer"):
        expression = text(trigger.settings, "cronExpression")
        if expression is None:
            continue
        for problem in problems(expression):
            yield timer_cron.trigger_finding(
                trigger,
                "cronExpression",
                within=_within(span_in(trigger, ("cronExpression",)), expression, problem),
                problem=problem.message,
                advice=problem.hint,
            )


def _within(span: Span, expression: str, problem: CronProblem) -> Span | None:
    """The span of the problem inside the value; None when the value is quoted with escapes or spans lines."""
    quotes = span.end.column - span.start.column - len(expression)
    if span.start.line != span.end.line or quotes not in (0, 2):
        return None
    first = span.start.column + quotes // 2
    line = span.start.line
    return Span(span.file, Position(line, first + problem.start), Position(line, first + problem.end))
