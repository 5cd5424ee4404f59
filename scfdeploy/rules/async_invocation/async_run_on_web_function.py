"""Asynchronous run of a web function.

## What is wrong

`asyncRunEnable: true` is written for a function with `type: web`.

## Why

Only event functions run asynchronously for hours; the platform refuses the combination.

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
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import flag

INFO = RuleInfo(
    "async-run-on-web-function",
    "UnsupportedOperation.AsyncRunEnable",
    Severity.ERROR,
    "0.1.0",
    "Asynchronous run of a web function",
)


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find asyncRunEnable on a web function."""
    if function.is_web and flag(function.settings, "asyncRunEnable"):
        yield INFO.found(
            function,
            "asyncRunEnable",
            detail="asyncRunEnable is for event functions; this is a function of type web.",
            hint="Remove it, or write type: event.",
        )


RULE = Rule(INFO, check)
