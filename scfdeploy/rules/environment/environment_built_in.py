"""Environment variable that the platform sets.

## What is wrong

An environment variable has the name of one that the platform sets in every instance, such as `PATH` or `PYTHONPATH`.

## Why

The documents say that these cannot be set: the platform rejects the function, or overrides the value.

## Wrong

```yaml
environment:
  variables:
    PYTHONPATH: /var/user/lib
```

## Right

```yaml
environment:
  variables:
    LIBRARY_FOLDER: /var/user/lib
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import variables_of_the_platform
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import variables


@rule(
    "environment-built-in",
    Severity.WARNING,
    "Environment variable set by the platform",
    detail='"{key}" is set by the platform in every instance and cannot be set here.',
    hint="Choose another name, or set the value in the code.",
    code="InvalidParameterValue.SystemEnvironment",
    looks_at=("settings.environment",),
)
def environment_built_in(function: FunctionSpec, context: Context) -> Findings:
    for key, _ in variables(function):
        if key in variables_of_the_platform():
            yield environment_built_in.finding_at_key(function, "environment", "variables", key, key=key)
