"""Alias without a version.

## What is wrong

An alias is configured, but neither `aliasFunctionVersion` nor `publish: true` is set.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule

_ALIAS_KEYS = ("aliasName", "aliasDescription", "additionalVersionWeights")


@rule(
    "alias-version-missing",
    Severity.ERROR,
    "Alias without a version",
    detail="{first} configures an alias, but no version is set for it.",
    hint="Add `aliasFunctionVersion` with a version number, or `publish: true`.",
    looks_at=("settings.additionalVersionWeights", "settings.aliasDescription", "settings.aliasName"),
)
def alias_version_missing(function: FunctionSpec, context: Context) -> Findings:
    settings = function.settings
    first = next((name for name in _ALIAS_KEYS if name in settings), None)
    publishes = settings.get("publish") is True or (settings.get("provisionedNum") and not settings.get("qualifier"))
    if first is None or "aliasFunctionVersion" in settings or publishes:
        return
    yield alias_version_missing.finding_at_key(function, first, first=first)
