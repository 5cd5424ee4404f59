"""Asynchronous timeout above 12 hours.

## What is wrong

A function with `asyncRunEnable: true` has a `timeout` above {timeout.async_usual_s} seconds (12 hours).

## Why

Newer documents allow {timeout.async_max_s} seconds (24 hours), older ones {timeout.async_usual_s}. The older limit can
still apply to an account or a region.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import flag, integer


@rule(
    "timeout-above-usual",
    Severity.WARNING,
    "Timeout above the documented limit",
    detail="timeout is {timeout} s; the documented limits of asynchronous execution are {usual} s and {most} s.",
    hint="Use {usual} or less if the platform rejects it.",
    code="LimitExceeded.Timeout",
    looks_at=("settings.timeout",),
)
def timeout_above_usual(function: FunctionSpec, context: Context) -> Findings:
    timeout = integer(function.settings, "timeout")
    usual, most = limit("timeout.async_usual_s"), limit("timeout.async_max_s")
    if timeout is None or not usual < timeout <= most or flag(function.settings, "asyncRunEnable") is not True:
        return
    yield timeout_above_usual.finding_at(function, "timeout", timeout=timeout, usual=usual, most=most)
