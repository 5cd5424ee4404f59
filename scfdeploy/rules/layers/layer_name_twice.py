"""Duplicate layer name.

## What is wrong

Two instances of the project publish a layer of the same name in one region.

## Why

There is one such layer in the cloud; each deployment would publish a version of one over the other, again and again.

## Wrong

```text
python/serverless.yml    name: tools
nodejs/serverless.yml    name: tools
```

## Right

```text
python/serverless.yml    name: tools-python
nodejs/serverless.yml    name: tools-nodejs
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import LayerSpec, Project
from scfdeploy.rules.rule import project_rule


@project_rule(
    "layer-name-twice",
    Severity.ERROR,
    "Duplicate layer name",
    detail='"{name}" is in {file} too.',
    hint="Give one of them another name.",
    looks_at=("layers",),
)
def layer_name_twice(project: Project) -> Iterator[Diagnostic]:
    """Find layers whose name another instance has taken."""
    first: dict[str, LayerSpec] = {}
    for layer in project.layers:
        if layer.name in first:
            taken = first[layer.name].span_of("name")
            found = layer_name_twice.at(
                layer.span_of("name"), address=str(layer.address), name=layer.name, file=taken.file
            )
            yield replace(found, related=(("the first one", taken),))
        first.setdefault(layer.name, layer)
