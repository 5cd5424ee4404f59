"""Invalid CKafka offset.

## What is wrong

`offset` of a `ckafka` trigger is neither `latest` nor `earliest` nor a time in milliseconds since 1970.

## Why

The platform rejects the trigger after the function has been deployed. A time in seconds would be one of January
1970.

## Wrong

```yaml
events:
  - ckafka:
      parameters:
        instanceId: ckafka-8tfxzia3
        topic: orders
        offset: newest
        enable: true
```

## Right

```yaml
events:
  - ckafka:
      parameters:
        instanceId: ckafka-8tfxzia3
        topic: orders
        offset: latest
        enable: true
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import text, triggers_of

_WORDS = ("latest", "earliest")


@rule(
    "ckafka-offset",
    Severity.ERROR,
    "Invalid offset",
    detail='"{offset}" is neither "latest" nor "earliest" nor a time in milliseconds (13 digits).',
    code="InvalidParameterValue.Ckafka",
    looks_at=("triggers.ckafka",),
)
def ckafka_offset(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find offsets of any other form."""
    for trigger in triggers_of(function, "ckafka"):
        offset = text(trigger.settings, "offset")
        if offset is None or offset in _WORDS or re.fullmatch(r"\d{13}", offset):
            continue
        yield ckafka_offset.trigger_finding(
            trigger,
            "offset",
            hint="Use {offset}000 for that time." if re.fullmatch("\\d{10}", offset) else 'Use "latest".',
            offset=offset,
        )
