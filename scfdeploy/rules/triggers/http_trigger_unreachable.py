"""Unreachable function URL.

## What is wrong

`netConfig` of an `http` trigger has neither `enableIntranet` nor `enableExtranet` set to true.

## Why

The URL exists, but no request can reach it.

## Wrong

```yaml
events:
  - http:
      parameters:
        netConfig:
          enableIntranet: false
```

## Right

```yaml
events:
  - http:
      parameters:
        netConfig:
          enableExtranet: true
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import block, flag, triggers_of, unread

_NETWORKS = ("enableIntranet", "enableExtranet")


@rule(
    "http-trigger-unreachable",
    Severity.WARNING,
    "Unreachable function URL",
    detail="Neither enableIntranet nor enableExtranet is true; the URL is unreachable.",
    hint="Set enableExtranet: true for the internet, or remove netConfig.",
    looks_at=("triggers.http",),
)
def http_trigger_unreachable(function: FunctionSpec, context: Context) -> Findings:
    for trigger in triggers_of(function, "http"):
        networks = block(trigger.settings, "netConfig")
        may_be_open = any(flag(networks, name) or unread(trigger, "netConfig", name) for name in _NETWORKS)
        if "netConfig" not in trigger.settings or may_be_open:
            continue
        yield http_trigger_unreachable.trigger_finding(trigger, "netConfig")
