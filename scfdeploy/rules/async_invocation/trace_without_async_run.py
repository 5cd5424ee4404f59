"""Status tracing without asynchronous execution.

## What is wrong

`traceEnable: true` is set without `asyncRunEnable: true`.

## Why

Only asynchronous runs keep a trace of their status; the platform rejects the function.

## Wrong

```yaml
traceEnable: true
```

## Right

```yaml
asyncRunEnable: true
traceEnable: true
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
    "trace-without-async-run",
    Severity.ERROR,
    "Status tracing without asynchronous execution",
    detail="traceEnable works only with asyncRunEnable: true.",
    code="InvalidParameterValue.TraceEnable",
    looks_at=("settings.traceEnable",),
)
def trace_without_async_run(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a trace of what is not asynchronous."""
    may_be_async = flag(function.settings, "asyncRunEnable") or unread(function, "asyncRunEnable")
    if flag(function.settings, "traceEnable") and not may_be_async:
        yield trace_without_async_run.finding_at(
            function,
            "traceEnable",
            hint="Remove it, or add asyncRunEnable: true." if not function.is_web else "Remove it.",
        )
