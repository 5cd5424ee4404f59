"""Environment variable without a value.

## What is wrong

The value of an environment variable is empty.

## Why

The API rejects empty values. A common cause is an empty variable in the environment of the machine that deploys.

## Wrong

```yaml
environment:
  variables:
    MODE: ''
```

## Right

```yaml
environment:
  variables:
    MODE: none
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import variables


@rule(
    "environment-empty-value",
    Severity.ERROR,
    "Empty environment variable",
    detail='"{key}" has no value; the platform rejects empty values.',
    hint="Remove the key, or give it a value.",
    code="InvalidParameterValue.Environment",
    looks_at=("settings.environment",),
)
def environment_empty_value(function: FunctionSpec, context: Context) -> Findings:
    for key, value in variables(function):
        if not value:
            yield environment_empty_value.finding_at(function, "environment", "variables", key, key=key)
