"""Duplicate layer.

## What is wrong

`layers` lists a layer twice, in the same version or in two versions.

## Why

Layers are mounted over each other in list order, so the files of the later entry hide those of the earlier one.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import blocks, text


@rule(
    "layer-twice",
    Severity.WARNING,
    "Duplicate layer",
    detail='The layer "{name}" is already entry {number} of the list; the later entry hides it.',
    hint="Remove one of them.",
    code="InvalidParameterValue.Layers",
    looks_at=("settings.layers",),
)
def layer_twice(function: FunctionSpec, context: Context) -> Findings:
    seen: dict[str, int] = {}
    for index, layer in blocks(function.settings, "layers"):
        name = text(layer, "name")
        if name is None:
            continue
        if name in seen:
            yield layer_twice.finding_at(function, "layers", index, "name", name=name, number=seen[name] + 1)
        seen.setdefault(name, index)
