"""Handler on a web function.

## What is wrong

A function with `type: web` has a `handler`.

## Why

A web function is an HTTP server that `scf_bootstrap` starts. The platform never calls a handler in it, so the key
means nothing there.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule


@rule(
    "handler-on-web-function",
    Severity.WARNING,
    "Handler on a web function",
    detail="handler does nothing here: a web function is a server that scf_bootstrap starts.",
    hint="Remove it; entryFile names the file to start, or set type: event for a function with a handler.",
    looks_at=("settings.handler",),
)
def handler_on_web_function(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a handler that is never called."""
    if function.is_web and ("handler",) in function.key_spans:
        yield handler_on_web_function.finding_at_key(function, "handler")
