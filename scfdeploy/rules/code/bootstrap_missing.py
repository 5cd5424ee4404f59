"""Startup file not found.

## What is wrong

A web function has no `scf_bootstrap`, and scfdeploy cannot generate one; or a function with `runtime: CustomRuntime`
has no `bootstrap`.

## Why

The platform starts the function with this file. Without it, every invocation fails with status 405 or 445. scfdeploy
generates the file for web functions in Python, Node.js and PHP whose code is a folder.

## Wrong

```yaml
runtime: CustomRuntime
handler: main
```

## Right

```yaml
runtime: Python3.10
handler: index.main_handler
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FolderSource, FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import language_of


@rule(
    "bootstrap-missing",
    Severity.ERROR,
    "Startup file not found",
    detail="There is no {name} at the root of the code; the platform starts the function with it.",
    hint="Add an executable {name} that begins with #! and has Unix line endings (LF).",
)
def bootstrap_missing(function: FunctionSpec, context: Context) -> Findings:
    if function.is_web:
        if isinstance(function.source, FolderSource):
            return  # generated while the file is read, or reported there
        name = "scf_bootstrap"
    elif language_of(function) == "custom":
        name = "bootstrap"
    else:
        return
    if context.code.has(function.source, name) is not False:
        return
    yield bootstrap_missing.finding_at(function, "src", name=name)
