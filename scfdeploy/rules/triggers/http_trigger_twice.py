"""Several function URLs for one version or alias.

## What is wrong

Two `http` triggers of a function have the same `qualifier`; without the key it is `$DEFAULT`.

## Why

Each version or alias of a function has one URL; the platform rejects the second.

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

from collections.abc import Iterator
from dataclasses import replace

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec, TriggerSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import text, triggers_of
from scfdeploy.triggers.base import DEFAULT_QUALIFIER


@rule(
    "http-trigger-twice",
    Severity.ERROR,
    "Several function URLs for one version",
    detail='"{qualifier}" has a function URL already, called "{name}"; it can have one.',
    hint="Remove one of them, or give it another qualifier.",
    code="ResourceInUse.Trigger",
    looks_at=("triggers.http",),
)
def http_trigger_twice(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find function URLs whose version or alias has one already."""
    first: dict[str, TriggerSpec] = {}
    for trigger in triggers_of(function, "http"):
        qualifier = text(trigger.settings, "qualifier") or DEFAULT_QUALIFIER
        if qualifier in first:
            found = http_trigger_twice.trigger_finding(
                trigger, "qualifier", qualifier=qualifier, name=first[qualifier].name
            )
            yield replace(found, related=(("the first one", first[qualifier].span),))
        first.setdefault(qualifier, trigger)
