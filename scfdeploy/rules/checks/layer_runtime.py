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
from dataclasses import replace

from scfdeploy.diagnostics import Diagnostic, Severity, nearest, reworded
from scfdeploy.facts import runtimes
from scfdeploy.model import LayerSpec, Project
from scfdeploy.rules.checks.runtime_spelling import is_well_formed, same_letters
from scfdeploy.rules.rule import ProjectRule, RuleInfo

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
            if isinstance(runtime, str) and runtime not in runtimes():
                yield from _look_at(layer, index, runtime)


def _look_at(layer: LayerSpec, index: int, runtime: str) -> Iterator[Diagnostic]:
    meant = same_letters(runtime)
    if meant is None and is_well_formed(runtime):
        return  # it may be newer than our table
    span = layer.span_of("runtimes", index)
    fix = reworded(span, runtime, meant) if meant else ()
    meant = meant or nearest(runtime, runtimes())
    current = sorted(known.name for known in runtimes().values() if known.state == "current")
    found = INFO.found_at(
        span,
        str(layer.address),
        detail=f'"{runtime}" is no runtime; the current ones are {", ".join(current)}.',
        hint=f'Write "{meant}".' if meant else "Write one of them, letter for letter.",
    )
    yield replace(found, fix=fix)


RULE = ProjectRule(INFO, check)
