"""Environment variable whose name is none.

## What is wrong

The name of an environment variable does not begin with a letter, or has characters other than letters, digits and `_`.

## Why

The platform refuses the function when it is created or updated.

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
from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import variables_of_the_platform
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import variables

INFO = RuleInfo(
    "environment-key", "InvalidParameterValue.Environment", Severity.ERROR, "0.1.0", "Environment key not allowed"
)


_FORM = r"[A-Za-z][A-Za-z0-9_]*"


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find names of the wrong form; those of the platform's own variables have a rule of their own."""
    for key, _ in variables(function):
        if re.fullmatch(_FORM, key) or key in variables_of_the_platform():
            continue
        mended = re.sub(r"[^A-Za-z0-9_]+", "_", key).lstrip("_0123456789").rstrip("_")
        yield INFO.found_key(
            function,
            "environment",
            "variables",
            key,
            detail=f'"{key}" is no name of a variable: it may have letters, digits and "_", and begins with a letter.',
            hint=f'Write for example "{mended}".' if mended else None,
        )


RULE = Rule(INFO, check)
