"""An alias that shares calls between one version and itself.

## What is wrong

The version in `additionalVersionWeights` is the one in `aliasFunctionVersion`, or `lastVersion` is `$LATEST`, which
`traffic` shares with.

## Why

The platform refuses an alias whose two versions are one.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import blocks, text

INFO = RuleInfo(
    "alias-version-twice", "InvalidParameterValue.RoutingConfig", Severity.ERROR, "0.1.0", "Same version twice"
)


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a second version that is the first."""
    settings = function.settings
    main = text(settings, "aliasFunctionVersion")
    for index, entry in blocks(settings, "additionalVersionWeights"):
        if main is not None and text(entry, "version") == main:
            yield INFO.found(
                function,
                "additionalVersionWeights",
                index,
                "version",
                detail=f"Version {main} is the main version of the alias already.",
                hint="Write another version, or `additionalVersionWeights: []`.",
            )
    if "traffic" in settings and text(settings, "lastVersion") == "$LATEST":
        yield INFO.found(
            function,
            "lastVersion",
            detail="traffic says the share of $LATEST; the rest goes to a published version.",
            hint="Write the number of a version.",
        )


RULE = Rule(INFO, check)
