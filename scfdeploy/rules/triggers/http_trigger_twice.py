"""Several function URLs for one version or alias.

## What is wrong

Two `http` triggers of a function have the same `qualifier`. The default is `$DEFAULT`.

## Why

Each version or alias of a function has one URL. The platform rejects the second.

## Wrong

```yaml
events:
  - http:
      name: public
      parameters:
        authType: NONE
  - http:
      name: internal
      parameters:
        authType: CAM
```

## Right

```yaml
events:
  - http:
      name: public
      parameters:
        authType: NONE
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity, message
from scfdeploy.model import FunctionSpec, TriggerSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import text, triggers_of
from scfdeploy.triggers.base import DEFAULT_QUALIFIER


@rule(
    "http-trigger-twice",
    Severity.ERROR,
    "Several function URLs for one version",
    detail='"{qualifier}" already has a function URL, "{name}".',
    hint="Remove one of them, or give it another qualifier.",
    code="ResourceInUse.Trigger",
    looks_at=("triggers.http",),
)
def http_trigger_twice(function: FunctionSpec, context: Context) -> Findings:
    first: dict[str, TriggerSpec] = {}
    for trigger in triggers_of(function, "http"):
        qualifier = text(trigger.settings, "qualifier") or DEFAULT_QUALIFIER
        if qualifier in first:
            yield http_trigger_twice.trigger_finding(
                trigger,
                "qualifier",
                related=((message("first defined here"), first[qualifier].span),),
                qualifier=qualifier,
                name=first[qualifier].name,
            )
        first.setdefault(qualifier, trigger)
