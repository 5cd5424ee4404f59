"""Startup file not found.

## What is wrong

The code has no `scf_bootstrap` although the function is a web function, and none can be made for it; or it has no
`bootstrap` although the runtime is CustomRuntime.

## Why

The platform starts the function by that file: without it every call fails (status 405 or 445). For web functions in
Python, Node.js and PHP whose code is a folder, scfdeploy makes the file.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FolderSource, FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.runtimes import language_of


@rule(
    "bootstrap-missing",
    Severity.ERROR,
    "Startup file not found",
    detail="There is no {name} at the root of the code; the platform starts the function with it.",
    hint="Add an executable {name} that begins with #! and ends its lines with a bare line feed.",
)
def bootstrap_missing(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find functions that cannot be started."""
    if function.is_web:
        if isinstance(function.source, FolderSource):
            return  # the reader makes one, or has said why it cannot
        name = "scf_bootstrap"
    elif language_of(function) == "custom":
        name = "bootstrap"
    else:
        return
    if context.code.has(function.source, name) is not False:
        return
    yield bootstrap_missing.finding_at(function, "src", name=name)
