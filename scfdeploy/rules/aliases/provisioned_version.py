"""Invalid version for provisioned concurrency.

## What is wrong

`qualifier`, the version that `provisionedNum` applies to, is not a version number.

## Why

Only published versions support provisioned concurrency. `$LATEST` and aliases do not.

## Wrong

```yaml
provisionedNum: 2
qualifier: $LATEST
```

## Right

```yaml
provisionedNum: 2
qualifier: 3
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import text


@rule(
    "provisioned-version",
    Severity.ERROR,
    "Invalid version for provisioned concurrency",
    detail='"{qualifier}" is not the number of a published version.',
    hint="Set a version number, or remove the key to use the version that this deployment publishes.",
    code="InvalidParameterValue.Qualifier",
    looks_at=("settings.qualifier",),
)
def provisioned_version(function: FunctionSpec, context: Context) -> Findings:
    qualifier = text(function.settings, "qualifier")
    if not qualifier or qualifier.isdigit():
        return
    yield provisioned_version.finding_at(function, "qualifier", qualifier=qualifier)
