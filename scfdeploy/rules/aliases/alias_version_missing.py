"""An alias without a version.

## What is wrong

An alias is configured, but neither `aliasFunctionVersion` names its version nor does `publish: true` make
one.

## Why

An alias always points to a version.

## Wrong

```yaml
aliasName: prod
```

## Right

```yaml
aliasName: prod
publish: true
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule

_OF_ALIAS = ("aliasName", "aliasDescription", "additionalVersionWeights")


@rule(
    "alias-version-missing",
    Severity.ERROR,
    "Alias without a version",
    detail="{first} configures an alias, but no version is set for it.",
    hint="Add `aliasFunctionVersion` with the number of a version, or `publish: true`.",
    looks_at=(
        "settings.additionalVersionWeights",
        "settings.aliasDescription",
        "settings.aliasName",
    ),
)
def alias_version_missing(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find an alias that leads to no version, at the first key that describes it."""
    settings = function.settings
    first = next((name for name in _OF_ALIAS if name in settings), None)
    publishes = settings.get("publish") is True or (settings.get("provisionedNum") and not settings.get("qualifier"))
    if first is None or "aliasFunctionVersion" in settings or publishes:
        return
    yield alias_version_missing.finding_at_key(function, first, first=first)
