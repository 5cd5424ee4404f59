"""Runtime that its makers no longer maintain.

## What is wrong

`runtime` is a version of the language that gets no security fixes any more.

## Why

The platform still takes it, but mistakes that are found in it stay. A runtime cannot be changed after creation: the
longer a function stays on it, the more depends on it.

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
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.runtimes import in_state

INFO = RuleInfo("runtime-old", None, Severity.WARNING, "0.1.0", "Runtime past its end of life")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a runtime whose state is "old"."""
    return in_state(
        function,
        "old",
        INFO,
        detail="is past its end of life; the platform still accepts it, and nobody mends it any more.",
    )


RULE = Rule(INFO, check)
