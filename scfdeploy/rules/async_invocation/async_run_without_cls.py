"""Asynchronous execution without a log topic.

## What is wrong

`asyncRunEnable: true` is set without `cls`.

## Why

The documents require a CLS log topic, because the caller does not receive the result. Without `cls`, logs go to the
platform's default topic, if there is one.

## Wrong

```yaml
asyncRunEnable: true
```

## Right

```yaml
asyncRunEnable: true
cls: {logsetId: 5e8f1b2c, topicId: 7a9d3e4f}
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import flag, unread


@rule(
    "async-run-without-cls",
    Severity.WARNING,
    "Asynchronous execution without a log topic",
    detail="asyncRunEnable requires a log topic: logs are the only output of asynchronous execution.",
    hint="Add cls with logsetId and topicId.",
    looks_at=("settings.asyncRunEnable",),
)
def async_run_without_cls(function: FunctionSpec, context: Context) -> Findings:
    has_topic = "cls" in function.settings or unread(function, "cls")
    if flag(function.settings, "asyncRunEnable") and not function.is_web and not has_topic:
        yield async_run_without_cls.finding_at(function, "asyncRunEnable")
