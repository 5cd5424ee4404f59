"""Key for another function type.

## What is wrong

A key is written that only `type: web`, or only `type: event`, knows.

## Why

It has no effect: `entryFile` is what a web function starts, an event function has a `handler`.

## Wrong

```yaml
type: event
entryFile: index.py
```

## Right

```yaml
type: event
handler: index.main_handler
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FUNCTION_FIELDS, FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import unread

_OWN_RULE = {"handler", "asyncRunEnable", "traceEnable"}
_FIELDS = tuple(field for field in FUNCTION_FIELDS if field.only_for and field.name not in _OWN_RULE)


@rule(
    "field-for-other-type",
    Severity.WARNING,
    "Key for another function type",
    detail="{field} is for {type} functions; this is a function of type {kind}.",
    hint="Remove it, or set type: {type}.",
)
def field_for_other_type(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find keys that are for web functions only, or for event functions only."""
    if unread(function, "type"):
        return
    kind = "web" if function.is_web else "event"
    for field in _FIELDS:
        if field.only_for != kind and (field.name,) in function.key_spans:
            yield field_for_other_type.finding_at_key(
                function, field.name, field=field.name, type=field.only_for, kind=kind
            )
