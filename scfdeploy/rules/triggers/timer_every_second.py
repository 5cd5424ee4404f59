"""Timer that fires every second of some minutes.

## What is wrong

`cronExpression` limits the minute or the hour and has `*` for the second, so that it fires 60 times in each of those
minutes.

## Why

Usually one invocation was intended; sixty are billed.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import text, triggers_of


@rule(
    "timer-every-second",
    Severity.WARNING,
    "Timer fires every second",
    detail='The second is "{second}": the timer fires 60 times in each minute that the rest allows.',
    hint='For once a minute use "{expression}".',
    looks_at=("triggers.timer",),
)
def timer_every_second(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find expressions with every second of few minutes."""
    for trigger in triggers_of(function, "timer"):
        words = (text(trigger.settings, "cronExpression") or "").split()
        if len(words) != 7 or words[0] not in ("*", "*/1") or words[1:3] == ["*", "*"]:
            continue
        yield timer_every_second.trigger_finding(
            trigger, "cronExpression", second=words[0], expression=" ".join(["0", *words[1:]])
        )
