"""Unsupported trigger on a web function.

## What is wrong

A web function has a `cls` or `clb` trigger.

## Why

Log topics and load balancers call event functions only; a web function is reached by its URL.

## Wrong

```yaml
type: web
entryFile: index.py
events:
  - clb:
      parameters:
        loadBalanceId: lb-l6golr1k
        protocol: HTTP
        port: 80
        domain: a.example.com
        url: /shop
```

## Right

```yaml
events:
  - clb:
      parameters:
        loadBalanceId: lb-l6golr1k
        protocol: HTTP
        port: 80
        domain: a.example.com
        url: /shop
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule

_FOR_EVENTS = ("clb", "cls")


@rule(
    "trigger-on-web-function",
    Severity.ERROR,
    "Unsupported trigger on a web function",
    detail="Triggers of type {type} call event functions only, and this is a web function.",
    hint="Use an `http` trigger, or make it an event function.",
    looks_at=("triggers",),
)
def trigger_on_web_function(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find such triggers on web functions."""
    for trigger in function.triggers:
        if function.is_web and trigger.type in _FOR_EVENTS:
            yield trigger_on_web_function.trigger_finding(trigger, type=trigger.type)
