"""Key for another function type.

## What is wrong

A key applies only to `type: web` or only to `type: event`, and the function has the other type.

## Why

The key has no effect: `entryFile` is for web functions, `handler` for event functions.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FUNCTION_FIELDS, FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import unread

_OWN_RULE = {"handler", "asyncRunEnable", "traceEnable"}
_FIELDS = tuple(field for field in FUNCTION_FIELDS if field.only_for and field.name not in _OWN_RULE)


@rule(
    "field-for-other-type",
    Severity.WARNING,
    "Key for another function type",
    detail="{field} is only for {type} functions; this function has type: {kind}.",
    hint="Remove it, or set type: {type}.",
)
def field_for_other_type(function: FunctionSpec, context: Context) -> Findings:
    if unread(function, "type"):
        return
    kind = "web" if function.is_web else "event"
    for field in _FIELDS:
        if field.only_for != kind and (field.name,) in function.key_spans:
            yield field_for_other_type.finding_at_key(
                function, field.name, field=field.name, type=field.only_for, kind=kind
            )
