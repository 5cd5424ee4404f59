"""Trigger cannot be disabled.

## What is wrong

A `cls`, `clb` or `mps` trigger has `enable: false`.

## Why

These triggers belong to other products, which have no disabled state for them.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec, UpdateMode
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.triggers import trigger_type


@rule(
    "trigger-without-switch",
    Severity.ERROR,
    "Trigger cannot be disabled",
    detail="The platform cannot disable triggers of type {type}: every existing one is enabled.",
    hint="Remove the trigger from the file, and delete it in the cloud if it exists.",
    code="InvalidParameterValue.Enable",
    looks_at=("triggers",),
)
def trigger_without_switch(function: FunctionSpec, context: Context) -> Findings:
    for trigger in function.triggers:
        kind = trigger_type(trigger.type)
        is_fixed = kind and any(
            field.name == "enable" and field.update_mode is UpdateMode.TOOL for field in kind.fields
        )
        if is_fixed and trigger.settings.get("enable") is False:
            yield trigger_without_switch.trigger_finding(trigger, "enable", type=trigger.type)
