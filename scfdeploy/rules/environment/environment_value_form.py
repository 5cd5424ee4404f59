"""Environment variable with a value of another form.

## What is wrong

The value of an environment variable does not begin with a letter, contains characters other than letters, digits and
`_`, or does not have {env.key.min_chars} to {env.key.max_chars} bytes. This check is off by default; run it with
`--select environment-value-form`.

## Why

The guide asks for this form, but the platform accepts other values too.

## Wrong

```yaml
environment:
  variables:
    MODE: 1-fast
```

## Right

```yaml
environment:
  variables:
    MODE: fast_1
```
"""

from __future__ import annotations

import re

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import variables


@rule(
    "environment-value-form",
    Severity.INFO,
    "Unusual form of an environment variable value",
    detail='The guide asks for values of {least} to {most} letters, digits and "_" that start with a letter; the value'
    ' of "{key}" has another form.',
    hint="The platform accepts more; change the value only if it is rejected.",
    looks_at=("settings.environment",),
)
def environment_value_form(function: FunctionSpec, context: Context) -> Findings:
    least, most = limit("env.key.min_chars"), limit("env.key.max_chars")
    for key, value in variables(function):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", value) or not least <= len(value) <= most:
            yield environment_value_form.finding_at(
                function, "environment", "variables", key, key=key, least=least, most=most
            )
