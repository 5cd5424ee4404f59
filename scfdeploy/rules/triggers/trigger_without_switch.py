"""Trigger that cannot be switched off.

## What is wrong

A `cls`, `clb` or `mps` trigger says `enable: false`.

## Why

Other products make these triggers, and none of them can keep one that is off.

## Wrong

```yaml
events:
  - cls:
      parameters:
        topicId: 7953cd3d-993f-4813
        enable: false
```

## Right

```yaml
events:
  - cls:
      parameters:
        topicId: 7953cd3d-993f-4813
        enable: true
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec, UpdateMode
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.triggers import trigger_type

INFO = RuleInfo("trigger-without-switch", "InvalidParameterValue.Enable", Severity.ERROR, "0.1.0", "No switch for this")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find triggers that are to be off and have no such state."""
    for trigger in function.triggers:
        kind = trigger_type(trigger.type)
        has_none = kind and any(
            field.name == "enable" and field.update_mode is UpdateMode.TOOL for field in kind.fields
        )
        if has_none and trigger.settings.get("enable") is False:
            yield INFO.found_in(
                trigger,
                "enable",
                detail=f"The platform has no switch for triggers of type {trigger.type}: what exists is on.",
                hint="Remove the trigger from the file, and delete it where it exists.",
            )


RULE = Rule(INFO, check)
