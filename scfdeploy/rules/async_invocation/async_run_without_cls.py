"""Asynchronous execution without a log topic.

## What is wrong

`asyncRunEnable: true` is set without `cls`.

## Why

The documents ask for a CLS log topic, as nobody waits for the answer of such a run. Without `cls` its log goes to the
platform's default topic, where that exists.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import flag, unread


@rule(
    "async-run-without-cls",
    Severity.WARNING,
    "Asynchronous execution without a log topic",
    detail="asyncRunEnable needs a log topic: logs are the only output of an asynchronous run.",
    hint="Add cls with logsetId and topicId.",
    looks_at=("settings.asyncRunEnable",),
)
def async_run_without_cls(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find an asynchronous run whose log goes nowhere in particular."""
    has_topic = "cls" in function.settings or unread(function, "cls")
    if flag(function.settings, "asyncRunEnable") and not function.is_web and not has_topic:
        yield async_run_without_cls.finding_at(function, "asyncRunEnable")
