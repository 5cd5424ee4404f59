"""Layer name that the platform does not take.

## What is wrong

The name of a layer is not 1 to {layer.name.max_chars} letters, digits, `-` and `_`, beginning with a letter.

## Why

No such layer can exist, so the platform refuses the function.

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

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import blocks, text

INFO = RuleInfo("layer-name", "InvalidParameterValue.LayerName", Severity.ERROR, "0.1.0", "Layer name not allowed")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find names of the wrong form or length."""
    least, most = limit("layer.name.min_chars"), limit("layer.name.max_chars")
    for index, layer in blocks(function.settings, "layers"):
        name = text(layer, "name")
        if name is None or (least <= len(name) <= most and re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name)):
            continue
        yield INFO.found(
            function,
            "layers",
            index,
            "name",
            detail=f'"{name}" is no name of a layer: {least} to {most} letters, digits, "-" and "_", a letter first.',
        )


RULE = Rule(INFO, check)
