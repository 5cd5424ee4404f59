"""Environment variable name that the console rejects.

## What is wrong

The name of an environment variable has fewer than {env.key.min_chars} or more than {env.key.max_chars} bytes.

## Why

The console rejects such names; whether the API does is not documented. Later nobody can edit the variables in the
console.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import counted, variables


@rule(
    "environment-key-length",
    Severity.WARNING,
    "Unusual length of an environment variable name",
    detail='"{key}" has {length}; the console takes names of {least} to {most}.',
    hint="Choose another name if the platform refuses it.",
    looks_at=("settings.environment",),
)
def environment_key_length(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find names shorter or longer than the console's limits."""
    least, most = limit("env.key.min_chars"), limit("env.key.max_chars")
    for key, _ in variables(function):
        size = len(key.encode())
        if key != "_" and not least <= size <= most:
            yield environment_key_length.finding_at_key(
                function, "environment", "variables", key, key=key, length=counted(size, "byte"), least=least, most=most
            )
