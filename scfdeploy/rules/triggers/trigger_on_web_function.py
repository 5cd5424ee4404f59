"""Unsupported trigger on a web function.

## What is wrong

A web function has a `cls` or `clb` trigger.

## Why

Log topics and load balancers can invoke only event functions. A web function is invoked through its URL.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule

_EVENT_ONLY = ("clb", "cls")


@rule(
    "trigger-on-web-function",
    Severity.ERROR,
    "Unsupported trigger on a web function",
    detail="Triggers of type {type} can invoke only event functions; this is a web function.",
    hint="Use an `http` trigger, or set type: event.",
    looks_at=("triggers",),
)
def trigger_on_web_function(function: FunctionSpec, context: Context) -> Findings:
    for trigger in function.triggers:
        if function.is_web and trigger.type in _EVENT_ONLY:
            yield trigger_on_web_function.trigger_finding(trigger, type=trigger.type)
