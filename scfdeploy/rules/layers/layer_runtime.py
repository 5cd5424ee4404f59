"""Invalid runtime in a layer.

## What is wrong

`runtimes` of a layer contains a name that is not the name of a runtime.

## Why

The platform compares names exactly and rejects the layer.

## Wrong

```text
base/serverless.yml    runtimes: [python3.10]
```

## Right

```text
base/serverless.yml    runtimes: [Python3.10]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import Project
from scfdeploy.rules.rule import project_rule
from scfdeploy.rules.runtime.runtime_spelling import misspelt


@project_rule(
    "layer-runtime",
    Severity.ERROR,
    "Invalid runtime in a layer",
    code="InvalidParameterValue.CompatibleRuntimes",
    detail='"{runtime}" is not a runtime; the current ones are {current}.',
    looks_at=("layers",),
)
def layer_runtime(project: Project) -> Iterator[Diagnostic]:
    """Find runtimes that are known ones in other letters, or have not the form of any."""
    for layer in project.layers:
        shown = layer.settings.get("runtimes")
        for index, runtime in enumerate(shown if isinstance(shown, list | tuple) else ()):
            if isinstance(runtime, str):
                yield from misspelt(layer_runtime, runtime, layer.span_of("runtimes", index), str(layer.address))
