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
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import triggers_of

INFO = RuleInfo("timer-name", "InvalidParameterValue.TriggerName", Severity.ERROR, "0.1.0", "Timer name not allowed")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find names of the wrong form or length."""
    most = limit("timer.name.api_max_chars")
    for trigger in triggers_of(function, "timer"):
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", trigger.name) and len(trigger.name) <= most:
            continue
        form = f'at most {most} letters, digits, "-" and "_", a letter first'
        mended = re.sub(r"[^A-Za-z0-9_-]+", "-", trigger.name).strip("-_0123456789")[:most]
        yield INFO.found_in(
            trigger,
            "name",
            detail=f'"{trigger.name}" is no name of a timer: {form}.',
            hint=f'Write for example "{mended}".' if mended else None,
        )


RULE = Rule(INFO, check)
