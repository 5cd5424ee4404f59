"""Invalid layer name.

## What is wrong

The name of a layer is not 1 to {layer.name.max_chars} letters, digits, `-` and `_`, beginning with a letter and ending
with a letter or digit.

## Why

No such layer can exist, so the platform rejects the function that uses it, or the layer itself.

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
from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity, Span
from scfdeploy.facts import limit
from scfdeploy.model import Address, Project
from scfdeploy.rules.rule import project_rule
from scfdeploy.rules.values import blocks, text

_FORM = r"[A-Za-z]([A-Za-z0-9_-]*[A-Za-z0-9])?"


@project_rule(
    "layer-name",
    Severity.ERROR,
    "Invalid layer name",
    detail='"{name}" is not a layer name: {least} to {most} letters, digits, "-" and "_", a '
    "letter first, a letter or digit last.",
    code="InvalidParameterValue.LayerName",
    looks_at=(
        "settings.layers",
        "layers",
    ),
)
def layer_name(project: Project) -> Iterator[Diagnostic]:
    """Find names of the wrong form or length, of layers that functions use and of those that are published."""
    least, most = limit("layer.name.min_chars"), limit("layer.name.max_chars")
    for span, (name, address) in _names(project).items():
        if least <= len(name) <= most and re.fullmatch(_FORM, name):
            continue
        yield layer_name.at(span, address=str(address), name=name, least=least, most=most)


def _names(project: Project) -> dict[Span, tuple[str, Address]]:
    """Each name by its place: several functions may share what is written once."""
    found: dict[Span, tuple[str, Address]] = {}
    for function in project.functions:
        for index, layer in blocks(function.settings, "layers"):
            name = text(layer, "name")
            if name is not None:
                found.setdefault(function.span_of("layers", index, "name"), (name, function.address))
    for own in project.layers:
        found.setdefault(own.span_of("name"), (own.name, own.address))
    return found
