"""Timer fires every second.

## What is wrong

`cronExpression` restricts the minute or the hour but has `*` for the second, so the timer fires 60 times in each
matching minute.

## Why

Usually one invocation per minute is intended, but 60 are billed.

## Wrong

```yaml
events:
  - timer:
      name: tick
      parameters:
        cronExpression: "* */10 * * * * *"
        enable: true
```

## Right

```yaml
events:
  - timer:
      name: tick
      parameters:
        cronExpression: "0 */10 * * * * *"
        enable: true
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import text, triggers_of


@rule(
    "timer-every-second",
    Severity.WARNING,
    "Timer fires every second",
    detail='The second is "{second}": the timer fires 60 times in each matching minute.',
    hint='To fire once per minute, use "{expression}".',
    looks_at=("triggers.timer",),
)
def timer_every_second(function: FunctionSpec, context: Context) -> Findings:
    for trigger in triggers_of(function, "timer"):
        words = (text(trigger.settings, "cronExpression") or "").split()
        if len(words) != 7 or words[0] not in ("*", "*/1") or words[1:3] == ["*", "*"]:
            continue
        yield timer_every_second.trigger_finding(
            trigger, "cronExpression", second=words[0], expression=" ".join(["0", *words[1:]])
        )
