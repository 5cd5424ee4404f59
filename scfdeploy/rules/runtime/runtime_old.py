"""Runtime past end of life.

## What is wrong

`runtime` is a version of the language that no longer receives security fixes.

## Why

The platform still accepts it, but known vulnerabilities stay unfixed. The runtime of a function cannot be changed, so
moving to another runtime replaces the function.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import runtimes
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, Rule, rule
from scfdeploy.rules.values import runtime_of, written


@rule(
    "runtime-old",
    Severity.WARNING,
    "Runtime past end of life",
    detail="{runtime} is past its end of life: still accepted, but no longer receives security fixes.",
    hint="Current for this language: {current}. Changing the runtime replaces the function.",
    looks_at=("settings.runtime",),
)
def runtime_old(function: FunctionSpec, context: Context) -> Findings:
    return lifecycle_finding(function, "old", runtime_old)


def lifecycle_finding(function: FunctionSpec, state: str, rule: Rule) -> Findings:
    """The rule's diagnostic if the file sets a runtime in this state."""
    runtime = runtime_of(function)
    if runtime is None or runtime.state != state or not written(function, "runtime"):
        return
    current = ", ".join(
        other.name for other in runtimes().values() if (other.language, other.state) == (runtime.language, "current")
    )
    yield rule.finding_at(function, "runtime", runtime=runtime.name, current=current)
