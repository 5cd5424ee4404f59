"""Dead-letter queue without a name.

## What is wrong

`deadLetter.name` is empty.

## Why

The platform cannot deliver to a queue without a name and rejects the function.

## Wrong

```yaml
deadLetter:
  type: queue
  name: ''
```

## Right

```yaml
deadLetter:
  type: queue
  name: failed-orders
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import block_of, text


@rule(
    "dead-letter-name",
    Severity.ERROR,
    "Dead-letter queue without a name",
    detail="deadLetter.name is empty; it must name the queue or topic that receives failed events.",
    hint="Set the name, or remove deadLetter.",
    code="InvalidParameterValue.DeadLetterConfig",
    looks_at=("settings.deadLetter",),
)
def dead_letter_name(function: FunctionSpec, context: Context) -> Findings:
    name = text(block_of(function, "deadLetter"), "name")
    if name is not None and not name.strip():
        yield dead_letter_name.finding_at(function, "deadLetter", "name")
