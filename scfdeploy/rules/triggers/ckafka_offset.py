"""Invalid CKafka offset.

## What is wrong

`offset` of a `ckafka` trigger is not `latest`, `earliest` or a Unix time in milliseconds.

## Why

The platform rejects the trigger after the function has been deployed. A time in seconds would mean January 1970.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import text, triggers_of

_WORDS = ("latest", "earliest")


@rule(
    "ckafka-offset",
    Severity.ERROR,
    "Invalid offset",
    detail='"{offset}" is not "latest", "earliest" or a Unix time in milliseconds (13 digits).',
    code="InvalidParameterValue.Ckafka",
    looks_at=("triggers.ckafka",),
)
def ckafka_offset(function: FunctionSpec, context: Context) -> Findings:
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
