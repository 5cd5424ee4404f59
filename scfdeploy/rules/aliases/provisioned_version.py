"""Provisioned concurrency for something other than a published version.

## What is wrong

`qualifier`, which says whose instances `provisionedNum` keeps ready, is not the number of a version.

## Why

Only a published version can have provisioned instances: neither `$LATEST` nor an alias.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
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
def provisioned_version(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a qualifier that is no number."""
    qualifier = text(function.settings, "qualifier")
    if not qualifier or qualifier.isdigit():
        return
    yield provisioned_version.finding_at(function, "qualifier", qualifier=qualifier)
