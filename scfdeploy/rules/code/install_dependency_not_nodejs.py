"""Dependencies that are not installed.

## What is wrong

`installDependency: true` is set for another language than Node.js.

## Why

The platform installs what `package.json` names, and nothing else: the packages of other languages must be part of the
code.

## Wrong

```yaml
runtime: Python3.10
installDependency: true
```

## Right

```yaml
runtime: Nodejs18.15
installDependency: true
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.runtimes import language_of
from scfdeploy.rules.values import flag


@rule(
    "install-dependency-not-nodejs",
    Severity.WARNING,
    "Dependencies are not installed",
    detail="The platform installs the dependencies of Node.js functions only.",
    hint="Remove it, and pack the dependencies with the code.",
    looks_at=("settings.installDependency",),
)
def install_dependency_not_nodejs(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find it on functions of other languages, images included."""
    if flag(function.settings, "installDependency") is not True:
        return
    if language_of(function) not in ("", "nodejs") or "image" in function.settings:
        yield install_dependency_not_nodejs.finding_at_key(function, "installDependency")
