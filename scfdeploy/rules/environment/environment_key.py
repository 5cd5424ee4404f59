"""Invalid environment variable name.

## What is wrong

The name of an environment variable does not begin with a letter, or contains characters other than letters, digits and
`_`.

## Why

The platform rejects the function when it is created or updated.

## Wrong

```yaml
environment:
  variables:
    1ST_STOP: Berlin
```

## Right

```yaml
environment:
  variables:
    FIRST_STOP: Berlin
```
"""

from __future__ import annotations

import re

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import variables_of_the_platform
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import variables

_FORM = r"[A-Za-z][A-Za-z0-9_]*"


@rule(
    "environment-key",
    Severity.ERROR,
    "Invalid environment variable name",
    detail='"{key}" is not a variable name: use letters, digits and "_", starting with a letter.',
    code="InvalidParameterValue.Environment",
    looks_at=("settings.environment",),
)
def environment_key(function: FunctionSpec, context: Context) -> Findings:
    for key, _ in variables(function):
        # The platform's own variables, such as _, are reported by environment-built-in.
        if re.fullmatch(_FORM, key) or key in variables_of_the_platform():
            continue
        suggestion = re.sub(r"[^A-Za-z0-9_]+", "_", key).lstrip("_0123456789").rstrip("_")
        yield environment_key.finding_at_key(
            function,
            "environment",
            "variables",
            key,
            hint='Use for example "{suggestion}".' if suggestion else "",
            key=key,
            suggestion=suggestion,
        )
