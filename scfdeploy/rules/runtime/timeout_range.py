"""Timeout outside the range that a function may run.

## What is wrong

`timeout` is below {timeout.min_s} second or above {timeout.max_s} seconds. A function with `asyncRunEnable: true` may
run up to {timeout.async_max_s} seconds (24 hours).

## Why

The platform refuses the function when it is created or updated.

## Wrong

```yaml
timeout: 1800
```

## Right

```yaml
timeout: 900
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import flag, integer, unread

INFO = RuleInfo("timeout-range", "LimitExceeded.Timeout", Severity.ERROR, "0.1.0", "Timeout out of range")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a timeout that no function, or no function of this sort, may have."""
    timeout = integer(function.settings, "timeout")
    least, most, most_async = limit("timeout.min_s"), limit("timeout.max_s"), limit("timeout.async_max_s")
    runs_long = flag(function.settings, "asyncRunEnable") is True or unread(function, "asyncRunEnable")
    allowed = most_async if runs_long else most
    if timeout is None or least <= timeout <= allowed:
        return
    kind = (
        "a function with asyncRunEnable" if runs_long else "a web function" if function.is_web else "an event function"
    )
    hint = f"Write {allowed if timeout > allowed else least}."
    if most < timeout <= most_async and not function.is_web:
        hint = f"Write {most} or less, or set asyncRunEnable: true, which allows {most_async}."
    yield INFO.found(
        function, "timeout", detail=f"timeout is {timeout} s; {kind} may run {least} to {allowed} s.", hint=hint
    )


RULE = Rule(INFO, check)
