"""Log topic of which one half is empty.

## What is wrong

One of `cls.logsetId` and `cls.topicId` is empty and the other is not.

## Why

The platform wants both ids; both empty switch the delivery of logs off.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import block_of, text

INFO = RuleInfo("cls-incomplete", "InvalidParameter.Cls", Severity.ERROR, "0.1.0", "Log topic only half given")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find one id without the other."""
    topic = block_of(function, "cls")
    empty = [name for name in ("logsetId", "topicId") if text(topic, name) == ""]
    if len(empty) == 1:
        yield INFO.found(
            function,
            "cls",
            empty[0],
            detail=f"cls.{empty[0]} is empty and the other id is not; they go together.",
            hint="Write both, or leave both empty to switch the delivery of logs off.",
        )


RULE = Rule(INFO, check)
