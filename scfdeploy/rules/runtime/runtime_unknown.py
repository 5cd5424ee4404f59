"""Unknown runtime.

## What is wrong

`runtime` looks like the name of a runtime, and is none of those known when this version was released.

## Why

It may be newer than this tool, or it may never have existed; then the platform rejects the function. What depends on
the language, such as the form of the handler, is not checked.

## Wrong

```yaml
runtime: Python3.8
```

## Right

```yaml
runtime: Python3.9
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity, did_you_mean, message
from scfdeploy.facts import runtimes
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.runtime.runtime_spelling import is_well_formed, same_letters
from scfdeploy.rules.values import text


@rule(
    "runtime-unknown",
    Severity.WARNING,
    "Unknown runtime",
    detail='"{runtime}" is not among the runtimes known to this version; it may be a newer one.',
    hint="{advice}",
    code="InvalidParameterValue.Runtime",
    looks_at=("settings.runtime",),
)
def runtime_unknown(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a runtime of the right form that is not in the table."""
    runtime = text(function.settings, "runtime")
    if runtime is None or runtime in runtimes() or same_letters(runtime) or not is_well_formed(runtime):
        return
    confirmed = [known.name for known in runtimes().values() if known.state != "unverified"]
    yield runtime_unknown.finding_at(
        function,
        "runtime",
        runtime=runtime,
        advice=did_you_mean(runtime, confirmed) or message("Check the name in the console."),
    )
