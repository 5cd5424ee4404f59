"""Timer argument too large.

## What is wrong

`argument` of a timer has more than {timer.argument.max_bytes} bytes in UTF-8.

## Why

The platform rejects the trigger after the function has been deployed.

## Wrong

```text
events:
  - timer:
      name: tick
      parameters:
        cronExpression: "0 0 8 * * * *"
        enable: true
        argument: (a text of 5000 bytes)
```

## Right

```yaml
events:
  - timer:
      name: tick
      parameters:
        cronExpression: "0 0 8 * * * *"
        enable: true
        argument: cos://jobs-1250000000/morning.json
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import text, triggers_of


@rule(
    "timer-argument-size",
    Severity.ERROR,
    "Timer argument too large",
    detail="The argument has {size} bytes; the maximum is {most}.",
    hint="Store large data in COS or in the code, and pass its name.",
    code="InvalidParameterValue.CustomArgument",
    looks_at=("triggers.timer",),
)
def timer_argument_size(function: FunctionSpec, context: Context) -> Findings:
    most = limit("timer.argument.max_bytes")
    for trigger in triggers_of(function, "timer"):
        size = len((text(trigger.settings, "argument") or "").encode())
        if size > most:
            yield timer_argument_size.trigger_finding(trigger, "argument", size=size, most=most)
