"""Too many layers.

## What is wrong

`layers` has more than {layers.max} entries.

## Why

The platform rejects the function when it is created or updated.

## Wrong

```yaml
layers:
  - {name: layer-a, version: 1}
  - {name: layer-b, version: 1}
  - {name: layer-c, version: 1}
  - {name: layer-d, version: 1}
  - {name: layer-e, version: 1}
  - {name: layer-f, version: 1}
```

## Right

```yaml
layers:
  - {name: layer-a, version: 1}
  - {name: layer-b, version: 1}
  - {name: layer-c, version: 1}
  - {name: layer-d, version: 1}
  - {name: layer-e, version: 1}
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import blocks


@rule(
    "layers-too-many",
    Severity.ERROR,
    "Too many layers",
    detail="The function has {count} layers; the maximum is {most}.",
    hint="Combine several layers into one.",
    code="LimitExceeded.Layers",
    looks_at=("settings.layers",),
)
def layers_too_many(function: FunctionSpec, context: Context) -> Findings:
    count, most = sum(1 for _ in blocks(function.settings, "layers")), limit("layers.max")
    if count > most:
        yield layers_too_many.finding_at(function, "layers", most, count=count, most=most)
