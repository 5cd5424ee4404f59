"""Runtime documented for CloudBase only.

## What is wrong

`runtime` is offered by CloudBase, which runs on the same platform, and is not in the documents of SCF itself.

## Why

It may work in your region or be refused when the function is created.

## Wrong

```yaml
runtime: Python3.11
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
    "runtime-unverified",
    Severity.WARNING,
    "Runtime not confirmed for SCF",
    detail="{runtime} is documented for CloudBase but not for SCF; the platform can reject it.",
    hint="Current for this language: {current}. Changing the runtime replaces the function.",
    looks_at=("settings.runtime",),
)
def runtime_unverified(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a runtime whose state is "unverified"."""
    return in_state(function, "unverified", runtime_unverified)
