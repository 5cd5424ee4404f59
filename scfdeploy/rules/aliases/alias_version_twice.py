"""Alias that routes to the same version twice.

## What is wrong

`additionalVersionWeights` contains the version of `aliasFunctionVersion`; or `traffic`, the share of `$LATEST`, is set
and `lastVersion` is `$LATEST` too.

## Why

The platform rejects an alias that routes to the same version twice.

## Wrong

```yaml
aliasFunctionVersion: 3
additionalVersionWeights:
  - {version: 3, weight: 0.1}
```

## Right

```yaml
aliasFunctionVersion: 2
additionalVersionWeights:
  - {version: 3, weight: 0.1}
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import blocks, text


@rule(
    "alias-version-twice",
    Severity.ERROR,
    "Alias routes to the same version twice",
    code="InvalidParameterValue.RoutingConfig",
    looks_at=("settings.additionalVersionWeights", "settings.lastVersion"),
)
def alias_version_twice(function: FunctionSpec, context: Context) -> Findings:
    settings = function.settings
    main = text(settings, "aliasFunctionVersion")
    for index, entry in blocks(settings, "additionalVersionWeights"):
        if main is not None and text(entry, "version") == main:
            yield alias_version_twice.finding_at(
                function,
                "additionalVersionWeights",
                index,
                "version",
                detail="Version {main} is already the main version of the alias.",
                hint="Use another version, or `additionalVersionWeights: []`.",
                main=main,
            )
    if "traffic" in settings and text(settings, "lastVersion") == "$LATEST":
        yield alias_version_twice.finding_at(
            function,
            "lastVersion",
            detail="traffic is the share of $LATEST; the rest goes to lastVersion, which must be a published version.",
            hint="Set a version number.",
        )
