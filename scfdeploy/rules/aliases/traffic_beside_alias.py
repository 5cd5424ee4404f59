"""Default alias configured twice.

## What is wrong

`traffic` configures the alias `$DEFAULT`, and so do `aliasFunctionVersion`, `additionalVersionWeights` or
`aliasDescription` without another `aliasName`.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule

_ALIAS_KEYS = ("aliasFunctionVersion", "additionalVersionWeights", "aliasDescription")


@rule(
    "traffic-beside-alias",
    Severity.ERROR,
    "Default alias configured twice",
    detail="traffic and {other} both configure the alias $DEFAULT.",
    hint="Keep one of them, or set `aliasName` to another alias.",
    looks_at=("settings.traffic",),
)
def traffic_beside_alias(function: FunctionSpec, context: Context) -> Findings:
    settings = function.settings
    other = next((name for name in _ALIAS_KEYS if name in settings), None)
    if "traffic" not in settings or other is None or settings.get("aliasName", "$DEFAULT") != "$DEFAULT":
        return
    yield traffic_beside_alias.finding_at_key(function, "traffic", other=other)
