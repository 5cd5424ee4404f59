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

from scfdeploy.diagnostics import Edit, Severity, Span, inserted
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import variables


@rule(
    "environment-empty-value",
    Severity.ERROR,
    "Empty environment variable",
    detail='"{key}" has no value; the platform rejects empty values.',
    hint="Give it a value, or ${env:{variable}} and set that variable, or remove the key.",
    code="InvalidParameterValue.Environment",
    looks_at=("settings.environment",),
)
def environment_empty_value(function: FunctionSpec, context: Context) -> Findings:
    for key, value in variables(function):
        if not value:
            from scfdeploy.model.environment_name import environment_name

            path = ("environment", "variables", key)
            variable = environment_name(key)
            span = function.span_of(*path)
            yield environment_empty_value.finding_at(
                function,
                *path,
                fix=_fix(span, variable) if variable else (),
                key=key,
                variable=variable or "NAME",
            )


def _fix(span: Span, variable: str) -> tuple[Edit, ...]:
    """The fix that writes a variable between the quotes of an empty text; none if the text comes from elsewhere."""
    if span.start.line != span.end.line or span.end.column - span.start.column != len("''"):
        return ()
    return (inserted(span.file, span.start.line, span.start.column + 1, f"${{env:{variable}}}"),)
