"""Unknown runtime.

## What is wrong

`runtime` looks like a runtime name, but was not a known runtime when this version of scfdeploy was released.

## Why

It can be newer than scfdeploy. If it does not exist, the platform rejects the function. Checks that depend on the
language, such as the format of the handler, are skipped.

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

from scfdeploy.diagnostics import Severity, did_you_mean, message
from scfdeploy.facts import runtimes
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.runtime.runtime_spelling import is_well_formed, same_letters
from scfdeploy.rules.values import text


@rule(
    "runtime-unknown",
    Severity.WARNING,
    "Unknown runtime",
    detail='"{runtime}" is not known to this version of scfdeploy. Unless it is newer, the platform rejects it.',
    hint="{advice}",
    code="InvalidParameterValue.Runtime",
    looks_at=("settings.runtime",),
)
def runtime_unknown(function: FunctionSpec, context: Context) -> Findings:
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
