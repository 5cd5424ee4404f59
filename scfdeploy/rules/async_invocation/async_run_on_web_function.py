"""Asynchronous execution on a web function.

## What is wrong

`asyncRunEnable: true` is set for a function with `type: web`.

## Why

Only event functions support asynchronous execution. The platform rejects the combination.

## Wrong

```yaml
type: web
entryFile: index.py
asyncRunEnable: true
cls: {logsetId: 5e8f1b2c, topicId: 7a9d3e4f}
```

## Right

```yaml
type: event
asyncRunEnable: true
cls: {logsetId: 5e8f1b2c, topicId: 7a9d3e4f}
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import flag


@rule(
    "async-run-on-web-function",
    Severity.ERROR,
    "Asynchronous execution on a web function",
    detail="asyncRunEnable is only for event functions; this function has type: web.",
    hint="Remove it, or set type: event.",
    code="UnsupportedOperation.AsyncRunEnable",
    looks_at=("settings.asyncRunEnable",),
)
def async_run_on_web_function(function: FunctionSpec, context: Context) -> Findings:
    if function.is_web and flag(function.settings, "asyncRunEnable"):
        yield async_run_on_web_function.finding_at(function, "asyncRunEnable")
