"""Status trace without asynchronous run.

## What is wrong

`traceEnable: true` is written without `asyncRunEnable: true`.

## Why

Only asynchronous runs keep a trace of their status; the platform refuses the function.

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
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import flag, unread

INFO = RuleInfo(
    "trace-without-async-run",
    "InvalidParameterValue.TraceEnable",
    Severity.ERROR,
    "0.1.0",
    "Status trace without asynchronous run",
)


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a trace of what is not asynchronous."""
    may_be_async = flag(function.settings, "asyncRunEnable") or unread(function, "asyncRunEnable")
    if flag(function.settings, "traceEnable") and not may_be_async:
        yield INFO.found(
            function,
            "traceEnable",
            detail="traceEnable works only with asyncRunEnable: true.",
            hint="Remove it, or add asyncRunEnable: true." if not function.is_web else "Remove it.",
        )


RULE = Rule(INFO, check)
