"""Number out of range.

## What is wrong

A number is outside the range of its key: for example, `retryNum` is 0 to {retry_num.max}, `msgTTL` is {msg_ttl.min_s}
to {msg_ttl.max_s} seconds, and layer versions start at 1.

## Why

The platform rejects the function or the trigger. The finding has the error code of that key, such as
`LimitExceeded.RetryNum`.

## Wrong

```yaml
retryNum: 5
```

## Right

```yaml
retryNum: 2
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity, message
from scfdeploy.model import Field, FunctionSpec
from scfdeploy.rules.fields import codes_where, written_fields
from scfdeploy.rules.rule import Context, Findings, rule

_OWN_RULE = {"memorySize", "timeout", "initTimeout"}


@rule(
    "number-range",
    Severity.ERROR,
    "Number out of range",
    detail="{key} is {number}; it must be {range}.",
    hint="Use {nearest}.",
    further_codes=codes_where(lambda field: field.minimum is not None or field.maximum is not None),
)
def number_range(function: FunctionSpec, context: Context) -> Findings:
    own = str(function.address)
    for entry in written_fields(function):
        number, field = entry.value, entry.field
        if isinstance(number, bool) or not isinstance(number, int | float):
            continue
        if entry.name in _OWN_RULE and entry.address == own:
            continue
        if field.minimum is not None and number < field.minimum:
            nearest = field.minimum
        elif field.maximum is not None and number > field.maximum:
            nearest = field.maximum
        else:
            continue
        is_too_old = field.name == "msgTTL" and number > nearest
        yield entry.finding(
            number_range,
            hint="Use {nearest}. The 24-hour limit in the dead letter chapter is an older policy."
            if is_too_old
            else None,
            key=entry.name,
            number=number,
            range=_range(field),
            nearest=nearest,
        )


def _range(field: Field) -> str:
    if field.maximum is None:
        return message("{least} or more", least=field.minimum)
    if field.minimum is None:
        return message("at most {most}", most=field.maximum)
    return message("{least} to {most}", least=field.minimum, most=field.maximum)
