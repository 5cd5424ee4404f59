"""Runtime past end of life.

## What is wrong

`runtime` is a version of the language that no longer receives security fixes.

## Why

The platform still accepts it, but vulnerabilities found in it stay open. A runtime cannot be changed after creation:
the longer a function stays on it, the more depends on it.

## Wrong

```yaml
runtime: Python3.6
handler: index.main_handler
```

## Right

```yaml
runtime: Python3.10
handler: index.main_handler
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.runtimes import in_state


@rule(
    "runtime-old",
    Severity.WARNING,
    "Runtime past end of life",
    detail="{runtime} is past its end of life: still accepted, but no longer receives security fixes.",
    hint="Current for this language: {current}. Changing the runtime replaces the function.",
    looks_at=("settings.runtime",),
)
def runtime_old(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a runtime whose state is "old"."""
    return in_state(function, "old", runtime_old)
