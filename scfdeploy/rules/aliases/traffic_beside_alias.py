"""Default alias configured in two ways.

## What is wrong

`traffic` shares the calls of the alias `$DEFAULT`, and `aliasFunctionVersion`, `additionalVersionWeights` or
`aliasDescription` without another `aliasName` describe the same alias.

## Why

Only one of them can apply.

## Wrong

```yaml
traffic: 0.9
aliasFunctionVersion: 3
```

## Right

```yaml
aliasFunctionVersion: $LATEST
additionalVersionWeights:
  - {version: 3, weight: 0.1}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule

_OF_ALIAS = ("aliasFunctionVersion", "additionalVersionWeights", "aliasDescription")


@rule(
    "traffic-beside-alias",
    Severity.ERROR,
    "Default alias defined twice",
    detail="traffic and {other} both configure the alias $DEFAULT.",
    hint="Keep one of them, or give the other alias its `aliasName`.",
    looks_at=("settings.traffic",),
)
def traffic_beside_alias(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find traffic beside settings of the same alias."""
    settings = function.settings
    other = next((name for name in _OF_ALIAS if name in settings), None)
    if "traffic" not in settings or other is None or settings.get("aliasName", "$DEFAULT") != "$DEFAULT":
        return
    yield traffic_beside_alias.finding_at_key(function, "traffic", other=other)
