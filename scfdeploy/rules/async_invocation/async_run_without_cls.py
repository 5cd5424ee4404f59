"""Asynchronous run without a log topic of its own.

## What is wrong

`asyncRunEnable: true` is written without `cls`.

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
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import flag, unread

INFO = RuleInfo("async-run-without-cls", None, Severity.WARNING, "0.1.0", "Asynchronous run without a log topic")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find an asynchronous run whose log goes nowhere in particular."""
    has_topic = "cls" in function.settings or unread(function, "cls")
    if flag(function.settings, "asyncRunEnable") and not function.is_web and not has_topic:
        yield INFO.found(
            function,
            "asyncRunEnable",
            detail="asyncRunEnable wants a log topic: the log is all that can be seen of such a run.",
            hint="Add cls with logsetId and topicId.",
        )


RULE = Rule(INFO, check)
