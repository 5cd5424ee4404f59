"""Many attempts per event.

## What is wrong

Nothing, but one event or batch can reach the function many times: every minute until `msgTTL` while the status is 500
or 432, or up to `retry` times from a `ckafka` trigger. This note is part of `validate`, not of `plan` and `apply`.

## Why

`retryNum` limits only the retries after errors of the function. Attempts after 500 (platform error) and 432 (no
concurrency left) do not count, so a handler whose effects add up repeats them far more often than `retryNum` says. A
batch of CKafka that fails also holds up all messages behind it.

## Wrong

```yaml
deadLetter: {type: CMQ-QUEUE, name: failed-events}
events:
  - timer:
      parameters: {cronExpression: 0 0 9 * * * *, enable: true}
```

## Right

```yaml
deadLetter: {type: CMQ-QUEUE, name: failed-events}
msgTTL: 120
events:
  - timer:
      parameters: {cronExpression: 0 0 9 * * * *, enable: true}
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import delivery_value, limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import asynchronous_triggers, enabled_triggers, flag, integer, unread, written

_MS_PER_S = 1000


@rule(
    "attempts-per-event",
    Severity.INFO,
    "Many attempts per event",
    detail="An event can run up to {attempts} times: every {interval} s until msgTTL ({age} s) while the status is 500 "
    "or 432. retryNum does not limit these attempts.",
    hint="Make the handler idempotent, or lower msgTTL.",
    looks_at=("triggers",),
)
def attempts_per_event(function: FunctionSpec, context: Context) -> Findings:
    yield from _asynchronous(function)
    yield from _ckafka(function)


def _asynchronous(function: FunctionSpec) -> Findings:
    settings = function.settings
    trigger = next(asynchronous_triggers(function), None)
    if trigger is None or flag(settings, "asyncRunEnable") or unread(function, "msgTTL"):
        return
    age = integer(settings, "msgTTL") or limit("msg_ttl.default_s")
    retries = integer(settings, "retryNum")
    retries = limit("retry_num.default") if retries is None else retries
    interval = delivery_value("scf", "interval_ms") // _MS_PER_S
    attempts = age // interval + 1
    if attempts > retries + 1 and age <= limit("msg_ttl.max_s"):
        yield attempts_per_event.at(
            function.span_of("msgTTL") if written(function, "msgTTL") else trigger.span,
            address=str(function.address),
            attempts=f"{attempts:,}",
            interval=interval,
            age=age,
        )


def _ckafka(function: FunctionSpec) -> Findings:
    for trigger in enabled_triggers(function, "ckafka"):
        retry = integer(trigger.settings, "retry")
        retry = limit("ckafka.retry.max") if retry is None and not unread(trigger, "retry") else retry
        if retry and retry <= limit("ckafka.retry.max"):
            yield attempts_per_event.trigger_finding(
                trigger,
                "retry",
                detail="A batch can run up to {attempts} times after errors of the function, and without a limit while "
                "the status is 500 or 432. Later messages wait for it.",
                hint="Make the handler idempotent, or lower retry.",
                attempts=f"{retry + 1:,}",
            )
