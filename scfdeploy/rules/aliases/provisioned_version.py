"""Instances kept ready of something that is no published version.

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
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import text

INFO = RuleInfo(
    "provisioned-version", "InvalidParameterValue.Qualifier", Severity.ERROR, "0.1.0", "Not a published version"
)


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a qualifier that is no number."""
    qualifier = text(function.settings, "qualifier")
    if not qualifier or qualifier.isdigit():
        return
    yield INFO.found(
        function,
        "qualifier",
        detail=f'"{qualifier}" is not the number of a published version.',
        hint="Write its number, or remove the key: then the version that is published gets the instances.",
    )


RULE = Rule(INFO, check)
