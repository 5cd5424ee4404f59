"""Timeout of an asynchronous run above twelve hours.

## What is wrong

A function with `asyncRunEnable: true` has a `timeout` above {timeout.async_usual_s} seconds (12 hours).

## Why

The newer documents allow {timeout.async_max_s} seconds (24 hours), older ones {timeout.async_usual_s}. An account or a
region may still hold to the older limit.

## Wrong

```yaml
asyncRunEnable: true
timeout: 86400
cls: {logsetId: 5e8f1b2c, topicId: 7a9d3e4f}
```

## Right

```yaml
asyncRunEnable: true
timeout: 43200
cls: {logsetId: 5e8f1b2c, topicId: 7a9d3e4f}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import flag, integer

INFO = RuleInfo(
    "timeout-above-usual", "LimitExceeded.Timeout", Severity.WARNING, "0.1.0", "Timeout above the older limit"
)


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find an asynchronous run that may be longer than the account is given."""
    timeout = integer(function.settings, "timeout")
    usual, most = limit("timeout.async_usual_s"), limit("timeout.async_max_s")
    if timeout is None or not usual < timeout <= most or flag(function.settings, "asyncRunEnable") is not True:
        return
    yield INFO.found(
        function,
        "timeout",
        detail=f"timeout is {timeout} s; documents disagree whether an asynchronous run may take {usual} or {most} s.",
        hint=f"Write {usual} or less if the platform refuses it.",
    )


RULE = Rule(INFO, check)
