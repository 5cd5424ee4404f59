"""Layer for other runtimes.

## What is wrong

A function uses a layer of the same project whose `runtimes` do not name the function's runtime.

## Why

What is built for one runtime, such as compiled packages, is often of no use in another; the console does not even offer
the layer. The platform's documents do not say that it refuses, so this is a warning.

## Wrong

```text
base/serverless.yml    runtimes: [Python3.9]
api/serverless.yml     runtime: Python3.10, and `base` among its layers
```

## Right

```text
base/serverless.yml    runtimes: [Python3.9, Python3.10]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import LayerSpec, Project
from scfdeploy.rules.rule import project_rule
from scfdeploy.rules.values import blocks, text


@project_rule(
    "layer-runtime-mismatch",
    Severity.WARNING,
    "Layer for other runtimes",
    detail='The layer "{name}" is for {runtimes}; this function has {runtime}.',
    hint="Add {runtime} to the layer's runtimes, if its content is good for it.",
    looks_at=("layers",),
)
def layer_runtime_mismatch(project: Project) -> Iterator[Diagnostic]:
    """Find functions whose runtime a layer of the project does not name."""
    layers = {layer.name: _runtimes(layer) for layer in project.layers}
    for function in project.functions:
        runtime = text(function.settings, "runtime")
        for index, mounted in blocks(function.settings, "layers"):
            name = text(mounted, "name") or ""
            named = layers.get(name)
            if named and runtime is not None and runtime not in named:
                yield layer_runtime_mismatch.finding_at(
                    function, "layers", index, "name", name=name, runtimes=", ".join(named), runtime=runtime
                )


def _runtimes(layer: LayerSpec) -> tuple[str, ...]:
    shown = layer.settings.get("runtimes")
    return tuple(name for name in shown if isinstance(name, str)) if isinstance(shown, list | tuple) else ()
