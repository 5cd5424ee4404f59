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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import blocks


@rule(
    "layers-too-many",
    Severity.ERROR,
    "Too many layers",
    detail="The function has {count} layers; the maximum is {most}.",
    hint="Combine libraries into one layer.",
    code="LimitExceeded.Layers",
    looks_at=("settings.layers",),
)
def layers_too_many(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find layers beyond the allowed number, at the first that is too many."""
    count, most = sum(1 for _ in blocks(function.settings, "layers")), limit("layers.max")
    if count > most:
        yield layers_too_many.finding_at(function, "layers", most, count=count, most=most)
