"""One layer mounted twice.

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
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import blocks, text

INFO = RuleInfo("layer-twice", "InvalidParameterValue.Layers", Severity.WARNING, "0.1.0", "The same layer twice")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find entries whose layer was named before."""
    seen: dict[str, int] = {}
    for index, layer in blocks(function.settings, "layers"):
        name = text(layer, "name")
        if name is None:
            continue
        if name in seen:
            yield INFO.found(
                function,
                "layers",
                index,
                "name",
                detail=f'The layer "{name}" is number {seen[name] + 1} of the list already; the later one hides it.',
                hint="Remove one of them.",
            )
        seen.setdefault(name, index)


RULE = Rule(INFO, check)
