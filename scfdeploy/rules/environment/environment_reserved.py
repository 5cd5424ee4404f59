"""Environment variable with a reserved prefix.

## What is wrong

The name of an environment variable begins with `SCF_`, `QCLOUD_` or `TENCENTCLOUD_`.

## Why

The platform reserves these prefixes and rejects the function.

## Wrong

```yaml
environment:
  variables:
    SCF_MODE: fast
```

## Right

```yaml
environment:
  variables:
    MODE: fast
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import reserved_prefixes
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import variables


@rule(
    "environment-reserved",
    Severity.ERROR,
    "Reserved environment variable name",
    detail='"{key}" begins with {prefix}; the platform reserves the prefixes {listed}.',
    hint='Use for example "{example}".',
    code="InvalidParameterValue.EnvironmentSystemProtect",
    looks_at=("settings.environment",),
)
def environment_reserved(function: FunctionSpec, context: Context) -> Findings:
    for key, _ in variables(function):
        prefix = next((prefix for prefix in reserved_prefixes() if key.startswith(prefix)), None)
        if prefix is None:
            continue
        listed = ", ".join(reserved_prefixes())
        yield environment_reserved.finding_at_key(
            function,
            "environment",
            "variables",
            key,
            key=key,
            prefix=prefix,
            listed=listed,
            example=key.removeprefix(prefix) or "MY_" + key,
        )
