"""Duplicate layer.

## What is wrong

`layers` names one layer twice, in one version or in two.

## Why

Layers are laid over each other in the order of the list: of one layer only the later mount is seen.

## Wrong

```yaml
layers:
  - {name: tools, version: 1}
  - {name: tools, version: 2}
```

## Right

```yaml
layers:
  - {name: tools, version: 2}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import blocks, text


@rule(
    "layer-twice",
    Severity.WARNING,
    "Duplicate layer",
    detail='The layer "{name}" is number {number} of the list already; the later one hides it.',
    hint="Remove one of them.",
    code="InvalidParameterValue.Layers",
    looks_at=("settings.layers",),
)
def layer_twice(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find entries whose layer was named before."""
    seen: dict[str, int] = {}
    for index, layer in blocks(function.settings, "layers"):
        name = text(layer, "name")
        if name is None:
            continue
        if name in seen:
            yield layer_twice.finding_at(function, "layers", index, "name", name=name, number=seen[name] + 1)
        seen.setdefault(name, index)
