"""Layer for other runtimes.

## What is wrong

A function uses a layer of the same project whose `runtimes` do not include the function's runtime.

## Why

Content built for one runtime, such as compiled packages, often does not work in another, and the console does not offer
the layer. The documents do not say that the platform rejects it, so this is a warning.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import Project
from scfdeploy.rules.rule import Findings, project_rule
from scfdeploy.rules.values import blocks, text, texts


@project_rule(
    "layer-runtime-mismatch",
    Severity.WARNING,
    "Layer for other runtimes",
    detail='The layer "{name}" is for {runtimes}; this function uses {runtime}.',
    hint="Add {runtime} to the layer's runtimes if its content works there.",
    looks_at=("layers",),
)
def layer_runtime_mismatch(project: Project) -> Findings:
    layers = {layer.name: [name for _, name in texts(layer.settings, "runtimes")] for layer in project.layers}
    for function in project.functions:
        runtime = text(function.settings, "runtime")
        for index, mounted in blocks(function.settings, "layers"):
            name = text(mounted, "name") or ""
            named = layers.get(name)
            if named and runtime is not None and runtime not in named:
                yield layer_runtime_mismatch.finding_at(
                    function, "layers", index, "name", name=name, runtimes=", ".join(named), runtime=runtime
                )
