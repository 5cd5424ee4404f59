"""Dependencies that are not installed.

## What is wrong

`installDependency: true` is set for a language other than Node.js.

## Why

The platform installs only what `package.json` lists. Packages of other languages must be part of the code.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import flag, language_of


@rule(
    "install-dependency-not-nodejs",
    Severity.WARNING,
    "Dependencies are not installed",
    detail="The platform installs dependencies only for Node.js functions.",
    hint="Remove it, and package the dependencies with the code.",
    looks_at=("settings.installDependency",),
)
def install_dependency_not_nodejs(function: FunctionSpec, context: Context) -> Findings:
    if flag(function.settings, "installDependency") is not True:
        return
    if language_of(function) not in ("", "nodejs") or "image" in function.settings:
        yield install_dependency_not_nodejs.finding_at_key(function, "installDependency")
