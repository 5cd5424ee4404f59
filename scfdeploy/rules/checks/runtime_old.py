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
from scfdeploy.rules.language import current_runtimes, runtime_of
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import written

INFO = RuleInfo("runtime-old", None, Severity.WARNING, "0.1.0", "Runtime past its end of life")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a runtime whose state is "old"."""
    runtime = runtime_of(function)
    if runtime is None or runtime.state != "old" or not written(function, "runtime"):
        return
    yield INFO.found(
        function,
        "runtime",
        detail=f"{runtime.name} is past its end of life; the platform still accepts it, and nobody mends it any more.",
        hint=f"Current for this language: {current_runtimes(runtime.language)}. Changing it replaces the function.",
    )


RULE = Rule(INFO, check)
