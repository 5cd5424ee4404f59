"""Timer whose argument is too large.

## What is wrong

`argument` of a timer has more than {timer.argument.max_bytes} bytes, as UTF-8.

## Why

The platform refuses the trigger after the function has been deployed.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import text, triggers_of

INFO = RuleInfo(
    "timer-argument-size", "InvalidParameterValue.CustomArgument", Severity.ERROR, "0.1.0", "Timer argument too large"
)


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find arguments beyond the limit."""
    most = limit("timer.argument.max_bytes")
    for trigger in triggers_of(function, "timer"):
        size = len((text(trigger.settings, "argument") or "").encode())
        if size > most:
            yield INFO.found_in(
                trigger,
                "argument",
                detail=f"The argument has {size} bytes; it may have {most}.",
                hint="Keep large data in COS or in the code, and pass its name.",
            )


RULE = Rule(INFO, check)
