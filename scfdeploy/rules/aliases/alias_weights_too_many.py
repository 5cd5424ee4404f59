"""More versions than an alias may have.

## What is wrong

`additionalVersionWeights` has more than {alias.more_versions.max} entry.

## Why

An alias leads to one main version and at most one more.

## Wrong

```yaml
aliasFunctionVersion: 2
additionalVersionWeights:
  - {version: 3, weight: 0.1}
  - {version: 4, weight: 0.1}
```

## Right

```yaml
aliasFunctionVersion: 2
additionalVersionWeights:
  - {version: 4, weight: 0.1}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import blocks

INFO = RuleInfo(
    "alias-weights-too-many",
    "InvalidParameterValue.RoutingConfig",
    Severity.ERROR,
    "0.1.0",
    "Too many versions in an alias",
)


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find versions beyond the allowed number, at the first that is too many."""
    count, most = (
        sum(1 for _ in blocks(function.settings, "additionalVersionWeights")),
        limit("alias.more_versions.max"),
    )
    if count > most:
        yield INFO.found(
            function,
            "additionalVersionWeights",
            most,
            detail=f"The alias has {count} versions beside its main version; it may have {most}.",
            hint="Keep the one that is to be tried.",
        )


RULE = Rule(INFO, check)
