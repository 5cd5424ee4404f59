"""Environment variable name that the console rejects.

## What is wrong

The name of an environment variable has fewer than {env.key.min_chars} or more than {env.key.max_chars} bytes.

## Why

The console rejects such names; whether the API does is not documented. Once such a name is deployed, the variables
cannot be edited in the console.

## Wrong

```yaml
environment:
  variables:
    X: left
```

## Right

```yaml
environment:
  variables:
    SIDE: left
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import byte_count, variables


@rule(
    "environment-key-length",
    Severity.WARNING,
    "Unusual length of an environment variable name",
    detail='"{key}" has {length}; the console accepts {least} to {most} bytes.',
    hint="Choose another name if the platform rejects it.",
    looks_at=("settings.environment",),
)
def environment_key_length(function: FunctionSpec, context: Context) -> Findings:
    least, most = limit("env.key.min_chars"), limit("env.key.max_chars")
    for key, _ in variables(function):
        size = len(key.encode())
        if key != "_" and not least <= size <= most:
            yield environment_key_length.finding_at_key(
                function, "environment", "variables", key, key=key, length=byte_count(size), least=least, most=most
            )
