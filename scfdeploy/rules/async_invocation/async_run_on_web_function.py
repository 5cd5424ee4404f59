"""Asynchronous execution on a web function.

## What is wrong

`asyncRunEnable: true` is set for a function with `type: web`.

## Why

Only event functions run asynchronously for hours; the platform rejects the combination.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import flag


@rule(
    "async-run-on-web-function",
    Severity.ERROR,
    "Asynchronous execution on a web function",
    detail="asyncRunEnable is for event functions; this is a function of type web.",
    hint="Remove it, or set type: event.",
    code="UnsupportedOperation.AsyncRunEnable",
    looks_at=("settings.asyncRunEnable",),
)
def async_run_on_web_function(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find asyncRunEnable on a web function."""
    if function.is_web and flag(function.settings, "asyncRunEnable"):
        yield async_run_on_web_function.finding_at(function, "asyncRunEnable")
