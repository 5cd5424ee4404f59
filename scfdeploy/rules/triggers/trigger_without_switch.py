"""Trigger that cannot be disabled.

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
from scfdeploy.rules.rule import Context, rule
from scfdeploy.triggers import trigger_type


@rule(
    "trigger-without-switch",
    Severity.ERROR,
    "Trigger cannot be disabled",
    detail="The platform cannot disable triggers of type {type}: every existing one is enabled.",
    hint="Remove the trigger from the file, and delete it where it exists.",
    code="InvalidParameterValue.Enable",
    looks_at=("triggers",),
)
def trigger_without_switch(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find triggers that are to be off and have no such state."""
    for trigger in function.triggers:
        kind = trigger_type(trigger.type)
        has_none = kind and any(
            field.name == "enable" and field.update_mode is UpdateMode.TOOL for field in kind.fields
        )
        if has_none and trigger.settings.get("enable") is False:
            yield trigger_without_switch.trigger_finding(trigger, "enable", type=trigger.type)
