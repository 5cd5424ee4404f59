"""Invalid value.

## What is wrong

A key that takes one of a few words has another one.

## Why

The platform compares the word exactly, case included, and rejects the function or the trigger. A finding carries the
code that the cloud has for the key, such as `InvalidParameterValue.DeadLetterConfig`.

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

from collections.abc import Iterator
from dataclasses import replace

from scfdeploy.diagnostics import Diagnostic, Severity, did_you_mean, reworded
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.fields import codes_where, written_fields
from scfdeploy.rules.rule import Context, rule


@rule(
    "value-not-allowed",
    Severity.ERROR,
    "Invalid value",
    detail='{key} is "{value}"; it must be {choices}.',
    hint="{suggestion}",
    further_codes=codes_where(lambda field: bool(field.choices)),
)
def value_not_allowed(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a word that is not among a field's choices."""
    for entry in written_fields(function):
        choices = entry.field.choices
        if choices and isinstance(entry.value, str) and entry.value not in choices:
            found = entry.finding(
                value_not_allowed,
                key=entry.name,
                value=entry.value,
                choices=_listed(choices),
                suggestion=did_you_mean(entry.value, choices),
            )
            same = [choice for choice in choices if choice.lower() == entry.value.lower()]
            yield replace(found, fix=reworded(entry.span, entry.value, same[0]) if len(same) == 1 else ())


def _listed(choices: tuple[str, ...]) -> str:
    return ", ".join(f'"{choice}"' for choice in sorted(choices))
