"""CKafka trigger with an ambiguous instance.

## What is wrong

A `ckafka` trigger has neither `name` nor `instanceId`, or both with different ids.

## Why

Instance and topic together identify the trigger. Without the instance, the platform cannot find the topic.

## Wrong

```yaml
events:
  - ckafka:
      parameters:
        topic: orders
        enable: true
```

## Right

```yaml
events:
  - ckafka:
      parameters:
        instanceId: ckafka-8tfxzia3
        topic: orders
        enable: true
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import text, triggers_of


@rule(
    "ckafka-instance",
    Severity.ERROR,
    "Ambiguous CKafka instance",
    code="InvalidParameterValue.Ckafka",
    looks_at=("triggers.ckafka",),
)
def ckafka_instance(function: FunctionSpec, context: Context) -> Findings:
    for trigger in triggers_of(function, "ckafka"):
        name, instance = text(trigger.settings, "name"), text(trigger.settings, "instanceId")
        if not name and not instance:
            if any((key,) in trigger.spans for key in ("name", "instanceId")):
                continue  # already reported by the reader
            yield ckafka_instance.trigger_finding(
                trigger,
                detail="The trigger does not say which instance its topic is in.",
                hint="Set `instanceId: ckafka-…`.",
            )
        elif name and instance and name != instance:
            yield ckafka_instance.trigger_finding(
                trigger,
                "name",
                detail='`name` is "{name}", but `instanceId` is "{instance}".',
                hint="Keep only `instanceId`.",
                name=name,
                instance=instance,
            )
