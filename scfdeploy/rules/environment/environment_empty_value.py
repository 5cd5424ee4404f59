"""Environment variable without a value.

## What is wrong

The value of an environment variable is the empty text.

## Why

The API takes no empty values and refuses the function. Often a variable of the machine that deploys is set and empty.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import variables

INFO = RuleInfo(
    "environment-empty-value", "InvalidParameterValue.Environment", Severity.ERROR, "0.1.0", "Environment value empty"
)


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find empty values."""
    for key, value in variables(function):
        if not value:
            yield INFO.found(
                function,
                "environment",
                "variables",
                key,
                detail=f'"{key}" has no value; the platform takes no empty values.',
                hint="Remove the key, or give it a value.",
            )


RULE = Rule(INFO, check)
