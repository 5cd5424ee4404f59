"""Topic as dead letter queue.

## What is wrong

Nothing: `deadLetter` names a topic. A topic keeps no messages; only its subscribers do, and a subscriber with a filter
does not receive every event.

## Why

The platform publishes failed events without a tag. Each subscriber that should receive them needs an empty tag filter
and the binding key `#`.

## Wrong

```yaml
deadLetter:
  type: CMQ-TOPIC
  name: failed-orders
```

## Right

```yaml
deadLetter:
  type: CMQ-QUEUE
  name: failed-orders
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import block_of, text


@rule(
    "dead-letter-topic",
    Severity.INFO,
    "Topic as dead letter queue",
    detail='Failed events go to the topic "{name}": subscribers need an empty tag filter and BindingKey #.',
    hint="Check the subscribers, or use a queue.",
    looks_at=("settings.deadLetter",),
)
def dead_letter_topic(function: FunctionSpec, context: Context) -> Findings:
    target = block_of(function, "deadLetter")
    if text(target, "type") in ("CMQ-TOPIC", "topic") and text(target, "name"):
        yield dead_letter_topic.finding_at(function, "deadLetter", "type", name=text(target, "name"))
