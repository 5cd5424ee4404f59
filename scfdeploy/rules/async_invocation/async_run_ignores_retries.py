"""Setting has no effect on asynchronous execution.

## What is wrong

`retryNum` or `deadLetter` is set together with `asyncRunEnable: true`.

## Why

With `asyncRunEnable`, the platform neither retries a failed invocation nor sends its event to a dead-letter queue.

## Wrong

```yaml
asyncRunEnable: true
retryNum: 2
cls: {logsetId: 5e8f1b2c, topicId: 7a9d3e4f}
```

## Right

```yaml
asyncRunEnable: true
cls: {logsetId: 5e8f1b2c, topicId: 7a9d3e4f}
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import flag

_WITHOUT_EFFECT = ("retryNum", "deadLetter")


@rule(
    "async-run-ignores-retries",
    Severity.WARNING,
    "Setting has no effect on asynchronous execution",
    detail="{name} has no effect: with asyncRunEnable, failed invocations are not retried.",
    hint="Remove {name} and handle errors in the code, or remove asyncRunEnable.",
    code="UnsupportedOperation.AsyncRunEnable",
    looks_at=("settings.asyncRunEnable",),
)
def async_run_ignores_retries(function: FunctionSpec, context: Context) -> Findings:
    if not flag(function.settings, "asyncRunEnable"):
        return
    for name in _WITHOUT_EFFECT:
        if name in function.settings and (name,) in function.key_spans and not _is_for_other_functions(function, name):
            yield async_run_ignores_retries.finding_at_key(function, name, name=name)


def _is_for_other_functions(function: FunctionSpec, name: str) -> bool:
    """Whether several functions share the setting, but not asyncRunEnable."""
    return _is_shared(function, name) and not _is_shared(function, "asyncRunEnable")


def _is_shared(function: FunctionSpec, name: str) -> bool:
    place = function.key_spans[name,].start
    return not function.span.start <= place < function.span.end
