"""Runtime of a layer that the platform does not know.

## What is wrong

`runtimes` of a layer has a name that is no name of a runtime: other letters, other case, or none of its forms.

## Why

The platform compares names letter for letter and refuses the layer.

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
from scfdeploy.rules.rule import ProjectRule, RuleInfo
from scfdeploy.rules.runtime.runtime_spelling import misspelt

INFO = RuleInfo(
    "layer-runtime",
    "InvalidParameterValue.CompatibleRuntimes",
    Severity.ERROR,
    "0.1.0",
    "No name of a runtime in a layer",
)


def check(project: Project) -> Iterator[Diagnostic]:
    """Find runtimes that are known ones in other letters, or have not the form of any."""
    for layer in project.layers:
        shown = layer.settings.get("runtimes")
        for index, runtime in enumerate(shown if isinstance(shown, list | tuple) else ()):
            if isinstance(runtime, str):
                yield from misspelt(INFO, runtime, layer.span_of("runtimes", index), str(layer.address))


RULE = ProjectRule(INFO, check)
