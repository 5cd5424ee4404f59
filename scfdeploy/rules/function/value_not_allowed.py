"""Invalid value.

## What is wrong

A key with a fixed set of values has another value.

## Why

The platform compares values exactly, including case, and rejects the function or trigger. The finding has the error
code of that key, such as `InvalidParameterValue.DeadLetterConfig`.

## Wrong

```yaml
type: Event
```

## Right

```yaml
type: event
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity, did_you_mean, reworded
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.fields import codes_where, written_fields
from scfdeploy.rules.rule import Context, Findings, rule


@rule(
    "value-not-allowed",
    Severity.ERROR,
    "Invalid value",
    detail='{key} is "{value}"; it must be {choices}.',
    hint="{suggestion}",
    further_codes=codes_where(lambda field: bool(field.choices)),
)
def value_not_allowed(function: FunctionSpec, context: Context) -> Findings:
    for entry in written_fields(function):
        choices = entry.field.choices
        if choices and isinstance(entry.value, str) and entry.value not in choices:
            same = [choice for choice in choices if choice.lower() == entry.value.lower()]
            yield entry.finding(
                value_not_allowed,
                fix=reworded(entry.span, entry.value, same[0]) if len(same) == 1 else (),
                key=entry.name,
                value=entry.value,
                choices=_listed(choices),
                suggestion=did_you_mean(entry.value, choices),
            )


def _listed(choices: tuple[str, ...]) -> str:
    return ", ".join(f'"{choice}"' for choice in sorted(choices))
