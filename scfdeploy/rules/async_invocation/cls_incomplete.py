"""Incomplete log topic.

## What is wrong

One of `cls.logsetId` and `cls.topicId` is empty, and the other is set.

## Why

The platform requires both ids; if both are empty, log delivery is off.

## Wrong

```yaml
cls:
  logsetId: 5e8f1b2c-77aa-4bce-9d10-3c2f5a6b7c8d
  topicId: ''
```

## Right

```yaml
cls:
  logsetId: 5e8f1b2c-77aa-4bce-9d10-3c2f5a6b7c8d
  topicId: 7a9d3e4f-11bb-4cde-8f20-9a8b7c6d5e4f
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import block_of, text


@rule(
    "cls-incomplete",
    Severity.ERROR,
    "Incomplete log topic",
    detail="cls.{empty} is empty, but the other id is set.",
    hint="Set both, or leave both empty to disable log delivery.",
    code="InvalidParameter.Cls",
    looks_at=("settings.cls",),
)
def cls_incomplete(function: FunctionSpec, context: Context) -> Findings:
    topic = block_of(function, "cls")
    empty = [name for name in ("logsetId", "topicId") if text(topic, name) == ""]
    if len(empty) == 1:
        yield cls_incomplete.finding_at(function, "cls", empty[0], empty=empty[0])
