"""Timer whose name the platform does not take.

## What is wrong

The name of a timer is not made of letters, digits, `-` and `_`, beginning with a letter, or has more than
{timer.name.api_max_chars} characters.

## Why

The platform refuses the trigger after the function has been deployed.

## Wrong

```yaml
events:
  - timer:
      name: every morning
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

import re
from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec, TriggerSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import triggers_of, written

INFO = RuleInfo("timer-name", "InvalidParameterValue.TriggerName", Severity.ERROR, "0.1.0", "Timer name not allowed")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find names of the wrong form or length."""
    most = limit("timer.name.api_max_chars")
    for trigger in misnamed(function):
        if was_made(trigger) and not written(function, "name"):
            continue  # the function's name was made of the same words, and its finding says so
        form = f'at most {most} letters, digits, "-" and "_", a letter first'
        yield INFO.found_in(
            trigger,
            "name",
            detail=f'"{trigger.name}" is no name of a timer: {form}.',
            hint=_hint(trigger, most),
        )


def misnamed(function: FunctionSpec) -> Iterator[TriggerSpec]:
    """The timers whose names are of the wrong form or length."""
    most = limit("timer.name.api_max_chars")
    for trigger in triggers_of(function, "timer"):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", trigger.name) or len(trigger.name) > most:
            yield trigger


def was_made(trigger: TriggerSpec) -> bool:
    """Whether the file does not say the name: then it was made of instance and stage."""
    return ("name",) not in trigger.spans


def _hint(trigger: TriggerSpec, most: int) -> str | None:
    if was_made(trigger):
        return "The name was made of instance and stage; write a name for the timer."
    mended = re.sub(r"[^A-Za-z0-9_-]+", "-", trigger.name).strip("-_0123456789")[:most]
    return f'Write for example "{mended}".' if mended else None


RULE = Rule(INFO, check)
