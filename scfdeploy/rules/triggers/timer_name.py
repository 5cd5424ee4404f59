"""Invalid timer name.

## What is wrong

The name of a timer does not consist of letters, digits, `-` and `_`, does not begin with a letter, or has more than
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

from scfdeploy.diagnostics import Severity, message
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec, TriggerSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import triggers_of, written


@rule(
    "timer-name",
    Severity.ERROR,
    "Invalid timer name",
    detail='"{name}" is not a timer name: use at most {most} letters, digits, "-" and "_", starting with a letter.',
    hint="{advice}",
    code="InvalidParameterValue.TriggerName",
    looks_at=("triggers.timer",),
)
def timer_name(function: FunctionSpec, context: Context) -> Findings:
    most = limit("timer.name.api_max_chars")
    for trigger in invalid_names(function):
        if has_generated_name(trigger) and not written(function, "name"):
            continue  # function-name reports the same generated name
        if has_generated_name(trigger) and context.instance.unresolved:
            continue  # the name is generated from what cannot be resolved
        yield timer_name.trigger_finding(trigger, "name", name=trigger.name, most=most, advice=_hint(trigger, most))


def invalid_names(function: FunctionSpec) -> Iterator[TriggerSpec]:
    """The timers whose names are of the wrong form or length."""
    most = limit("timer.name.api_max_chars")
    for trigger in triggers_of(function, "timer"):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", trigger.name) or len(trigger.name) > most:
            yield trigger


def has_generated_name(trigger: TriggerSpec) -> bool:
    """Whether the file sets no name, so that it is generated from instance and stage."""
    return ("name",) not in trigger.spans


def _hint(trigger: TriggerSpec, most: int) -> str | None:
    if has_generated_name(trigger):
        return message("The name was generated from instance and stage; set a name for the timer.")
    suggestion = re.sub(r"[^A-Za-z0-9_-]+", "-", trigger.name).strip("-_0123456789")[:most]
    return message('Use for example "{suggestion}".', suggestion=suggestion) if suggestion else None
