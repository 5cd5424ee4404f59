"""Too many versions in an alias.

## What is wrong

`additionalVersionWeights` has more than {alias.more_versions.max} entry.

## Why

An alias routes to one main version and at most one more.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import blocks


@rule(
    "alias-weights-too-many",
    Severity.ERROR,
    "Too many versions in an alias",
    detail="The alias has {count} versions besides its main version; the maximum is {most}.",
    hint="Keep the version that you want to test.",
    code="InvalidParameterValue.RoutingConfig",
    looks_at=("settings.additionalVersionWeights",),
)
def alias_weights_too_many(function: FunctionSpec, context: Context) -> Findings:
    count, most = (
        sum(1 for _ in blocks(function.settings, "additionalVersionWeights")),
        limit("alias.more_versions.max"),
    )
    if count > most:
        yield alias_weights_too_many.finding_at(function, "additionalVersionWeights", most, count=count, most=most)
