"""Duplicate layer name.

## What is wrong

Two instances of the project publish a layer with the same name in one region.

## Why

Both publish to the same layer in the cloud, so each deployment replaces the latest version of the other.

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

from scfdeploy.diagnostics import Severity, message
from scfdeploy.model import LayerSpec, Project
from scfdeploy.rules.rule import Findings, project_rule


@project_rule(
    "layer-name-twice",
    Severity.ERROR,
    "Duplicate layer name",
    detail='{file} publishes a layer named "{name}" too.',
    hint="Rename one of them.",
    looks_at=("layers",),
)
def layer_name_twice(project: Project) -> Findings:
    first: dict[str, LayerSpec] = {}
    for layer in project.layers:
        if layer.name in first:
            taken = first[layer.name].span_of("name")
            yield layer_name_twice.at(
                layer.span_of("name"),
                address=str(layer.address),
                related=((message("first defined here"), taken),),
                name=layer.name,
                file=taken.file,
            )
        first.setdefault(layer.name, layer)
