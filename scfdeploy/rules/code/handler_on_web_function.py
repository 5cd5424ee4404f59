"""Handler on a web function.

## What is wrong

A function with `type: web` has a `handler`.

## Why

A web function is an HTTP server that `scf_bootstrap` starts. The platform does not use the handler.

## Wrong

```yaml
type: web
entryFile: index.py
handler: index.main_handler
```

## Right

```yaml
type: web
entryFile: index.py
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule


@rule(
    "handler-on-web-function",
    Severity.WARNING,
    "Handler on a web function",
    detail="handler has no effect: a web function is a server that scf_bootstrap starts.",
    hint="Remove it and set entryFile to the file to start, or set type: event.",
    looks_at=("settings.handler",),
)
def handler_on_web_function(function: FunctionSpec, context: Context) -> Findings:
    if function.is_web and ("handler",) in function.key_spans:
        yield handler_on_web_function.finding_at_key(function, "handler")
