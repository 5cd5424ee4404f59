"""Filter on a dead-letter queue.

## What is wrong

`deadLetter.filterType` is set, but the type is a queue.

## Why

Only topics filter messages. A queue receives all of them.

## Wrong

```yaml
deadLetter:
  type: queue
  name: failed-orders
  filterType: '1'
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
    "dead-letter-filter",
    Severity.WARNING,
    "Filter on a dead-letter queue",
    detail='filterType is only for topics; deadLetter.type is "{kind}".',
    hint="Remove it, or set the type to CMQ-TOPIC or topic.",
    code="InvalidParameterValue.DeadLetterConfig",
    looks_at=("settings.deadLetter",),
)
def dead_letter_filter(function: FunctionSpec, context: Context) -> Findings:
    queue = block_of(function, "deadLetter")
    kind, filter_type = text(queue, "type"), text(queue, "filterType")
    if filter_type and kind in ("CMQ-QUEUE", "queue"):
        yield dead_letter_filter.finding_at_key(function, "deadLetter", "filterType", kind=kind)
