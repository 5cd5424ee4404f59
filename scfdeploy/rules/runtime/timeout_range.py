"""Timeout out of range.

## What is wrong

`timeout` is below {timeout.min_s} second or above {timeout.max_s} seconds. With `asyncRunEnable: true` the maximum is
{timeout.async_max_s} seconds (24 hours).

## Why

The platform rejects the function when it is created or updated.

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

from scfdeploy.diagnostics import Severity, message
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import flag, integer, unread


@rule(
    "timeout-range",
    Severity.ERROR,
    "Timeout out of range",
    detail="timeout is {timeout} s; {kind} can run {least} to {allowed} s.",
    code="LimitExceeded.Timeout",
    looks_at=("settings.timeout",),
)
def timeout_range(function: FunctionSpec, context: Context) -> Findings:
    timeout = integer(function.settings, "timeout")
    least, most, most_async = limit("timeout.min_s"), limit("timeout.max_s"), limit("timeout.async_max_s")
    runs_long = flag(function.settings, "asyncRunEnable") is True or unread(function, "asyncRunEnable")
    allowed = most_async if runs_long else most
    if timeout is None or least <= timeout <= allowed:
        return
    kind = message("a web function") if function.is_web else message("an event function")
    fits_async = most < timeout <= most_async and not function.is_web
    yield timeout_range.finding_at(
        function,
        "timeout",
        hint="Use {most} or less, or set asyncRunEnable: true, which allows {most_async}."
        if fits_async
        else "Use {nearest}.",
        timeout=timeout,
        kind=message("a function with asyncRunEnable") if runs_long else kind,
        least=least,
        allowed=allowed,
        most=most,
        most_async=most_async,
        nearest=allowed if timeout > allowed else least,
    )
