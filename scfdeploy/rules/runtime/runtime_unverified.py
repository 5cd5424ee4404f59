"""Runtime that is documented for a sister platform only.

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
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.runtimes import in_state

INFO = RuleInfo("runtime-unverified", None, Severity.WARNING, "0.1.0", "Runtime not confirmed for SCF")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a runtime whose state is "unverified"."""
    return in_state(
        function,
        "unverified",
        INFO,
        detail="is documented for CloudBase and not for SCF itself; the platform may refuse it.",
    )


RULE = Rule(INFO, check)
