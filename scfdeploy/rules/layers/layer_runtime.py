"""Invalid runtime in a layer.

## What is wrong

`runtimes` of a layer contains a name that is not a runtime name.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import Project
from scfdeploy.rules.rule import Findings, project_rule
from scfdeploy.rules.runtime.runtime_spelling import spelling_findings
from scfdeploy.rules.values import texts


@project_rule(
    "layer-runtime",
    Severity.ERROR,
    "Invalid runtime in a layer",
    code="InvalidParameterValue.CompatibleRuntimes",
    detail='"{runtime}" is not a runtime; the current ones are {current}.',
    looks_at=("layers",),
)
def layer_runtime(project: Project) -> Findings:
    for layer in project.layers:
        for index, runtime in texts(layer.settings, "runtimes"):
            yield from spelling_findings(layer_runtime, runtime, layer.span_of("runtimes", index), str(layer.address))
