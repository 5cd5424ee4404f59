"""Status tracing without asynchronous execution.

## What is wrong

`traceEnable: true` is set without `asyncRunEnable: true`.

## Why

Only asynchronous execution records its status. The platform rejects the function.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import flag, unread


@rule(
    "trace-without-async-run",
    Severity.ERROR,
    "Status tracing without asynchronous execution",
    detail="traceEnable requires asyncRunEnable: true.",
    code="InvalidParameterValue.TraceEnable",
    looks_at=("settings.traceEnable",),
)
def trace_without_async_run(function: FunctionSpec, context: Context) -> Findings:
    may_be_async = flag(function.settings, "asyncRunEnable") or unread(function, "asyncRunEnable")
    if flag(function.settings, "traceEnable") and not may_be_async:
        yield trace_without_async_run.finding_at(
            function,
            "traceEnable",
            hint="Remove it, or add asyncRunEnable: true." if not function.is_web else "Remove it.",
        )
