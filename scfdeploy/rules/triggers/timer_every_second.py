"""Timer that fires in every second of some minutes.

## What is wrong

`cronExpression` limits the minute or the hour and has `*` for the second, so that it fires 60 times in each of those
minutes.

## Why

Usually one call was meant, and sixty are paid for.

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
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import text, triggers_of

INFO = RuleInfo("timer-every-second", None, Severity.WARNING, "0.1.0", "Timer fires in every second")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find expressions with every second of few minutes."""
    for trigger in triggers_of(function, "timer"):
        words = (text(trigger.settings, "cronExpression") or "").split()
        if len(words) != 7 or words[0] not in ("*", "*/1") or words[1:3] == ["*", "*"]:
            continue
        yield INFO.found_in(
            trigger,
            "cronExpression",
            detail=f'The second is "{words[0]}": the timer fires 60 times in each minute that the rest allows.',
            hint=f'For once a minute write "{" ".join(["0", *words[1:]])}".',
        )


RULE = Rule(INFO, check)
