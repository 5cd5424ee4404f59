"""Invalid timer name.

## What is wrong

The name of a timer is not made of letters, digits, `-` and `_`, beginning with a letter, or has more than
{timer.name.api_max_chars} characters.

## Why

The platform rejects the trigger after the function has been deployed.

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

from scfdeploy.diagnostics import Diagnostic, Severity, message
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec, TriggerSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import triggers_of, written


@rule(
    "timer-name",
    Severity.ERROR,
    "Invalid timer name",
    detail='"{name}" is not a timer name: at most {most} letters, digits, "-" and "_", a letter first.',
    hint="{advice}",
    code="InvalidParameterValue.TriggerName",
    looks_at=("triggers.timer",),
)
def timer_name(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find names of the wrong form or length."""
    most = limit("timer.name.api_max_chars")
    for trigger in misnamed(function):
        if was_made(trigger) and not written(function, "name"):
            continue  # the function's name was made of the same words, and its finding says so
        yield timer_name.trigger_finding(trigger, "name", name=trigger.name, most=most, advice=_hint(trigger, most))


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
        return message("The name was generated from instance and stage; set a name for the timer.")
    mended = re.sub(r"[^A-Za-z0-9_-]+", "-", trigger.name).strip("-_0123456789")[:most]
    return message('Use for example "{mended}".', mended=mended) if mended else None
