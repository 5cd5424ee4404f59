"""Secret written in the file.

## What is wrong

An environment variable whose name says that it is a secret has its value written out in serverless.yml.

## Why

The file is kept under version control, where everybody can read it and nothing is ever gone.

## Wrong

```yaml
environment:
  variables:
    DB_PASSWORD: correct-horse-battery
```

## Right

```yaml
environment:
  variables:
    DB_HOST: 10.0.0.7
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec, looks_secret
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import variables

INFO = RuleInfo("environment-literal-secret", None, Severity.WARNING, "0.1.0", "Secret written in the file")


_NO_SECRETS = {"true", "false", "yes", "no", "on", "off", "none", "null", "enabled", "disabled"}
_SHORTEST = 4  # characters: anything shorter is a switch or a number


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find values that are written out although their names look secret."""
    for key, value in variables(function):
        path = ("environment", "variables", key)
        if path not in function.literal or not looks_secret(key):
            continue
        if len(value) < _SHORTEST or value.lower() in _NO_SECRETS:
            continue
        yield INFO.found(
            function,
            *path,
            detail=f'"{key}" looks like a secret and its value is written in the file.',
            hint=f"Write ${{env:{key}}} and set it in the environment or in .env; then change the secret.",
        )


RULE = Rule(INFO, check)
