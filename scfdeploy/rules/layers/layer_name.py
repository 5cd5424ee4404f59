"""Invalid layer name.

## What is wrong

The name of a layer does not consist of 1 to {layer.name.max_chars} letters, digits, `-` and `_`, or does not begin with
a letter and end with a letter or digit.

## Why

Such a layer cannot exist. The platform rejects the layer, or the function that uses it.

## Wrong

```yaml
layers:
  - name: my.tools
    version: 1
```

## Right

```yaml
layers:
  - name: my-tools
    version: 1
```
"""

from __future__ import annotations

import re

from scfdeploy.diagnostics import Severity, Span
from scfdeploy.facts import limit
from scfdeploy.model import Address, Project
from scfdeploy.rules.rule import Findings, project_rule
from scfdeploy.rules.values import blocks, text

_FORM = r"[A-Za-z]([A-Za-z0-9_-]*[A-Za-z0-9])?"


@project_rule(
    "layer-name",
    Severity.ERROR,
    "Invalid layer name",
    detail='"{name}" is not a layer name: use {least} to {most} letters, digits, "-" and "_", starting with a letter '
    "and ending with a letter or digit.",
    code="InvalidParameterValue.LayerName",
    looks_at=("settings.layers", "layers"),
)
def layer_name(project: Project) -> Findings:
    least, most = limit("layer.name.min_chars"), limit("layer.name.max_chars")
    for span, (name, address) in _names(project).items():
        if least <= len(name) <= most and re.fullmatch(_FORM, name):
            continue
        yield layer_name.at(span, address=str(address), name=name, least=least, most=most)


def _names(project: Project) -> dict[Span, tuple[str, Address]]:
    """Each name by its position: functions can share a layer that is written once."""
    names: dict[Span, tuple[str, Address]] = {}
    for function in project.functions:
        for index, layer in blocks(function.settings, "layers"):
            name = text(layer, "name")
            if name is not None:
                names.setdefault(function.span_of("layers", index, "name"), (name, function.address))
    for own in project.layers:
        names.setdefault(own.span_of("name"), (own.name, own.address))
    return names
