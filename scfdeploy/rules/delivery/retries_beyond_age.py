"""Event age below the retries.

## What is wrong

`msgTTL` is too short for the retries that `retryNum` sets ({retry_num.default} by default). Each begins at least 60
seconds after the attempt before it.

## Why

An event that is older than `msgTTL` when its next attempt is due ends without that attempt, so the last retry never
happens.

## Wrong

```yaml
retryNum: 2
msgTTL: 60
```

## Right

```yaml
retryNum: 2
msgTTL: 600
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import delivery_value, limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import flag

_MS_PER_S = 1000


@rule(
    "retries-beyond-age",
    Severity.WARNING,
    "Event age below the retries",
    detail="msgTTL is {age} s, but {retries} retries take at least {needed} s; the last retry never happens.",
    hint="Use at least {needed}, or lower retryNum.",
    looks_at=("settings.msgTTL",),
)
def retries_beyond_age(function: FunctionSpec, context: Context) -> Findings:
    age = function.settings.get("msgTTL")
    retries = function.settings.get("retryNum", limit("retry_num.default"))
    if not isinstance(age, int) or not isinstance(retries, int) or flag(function.settings, "asyncRunEnable"):
        return
    needed = retries * delivery_value("scf", "interval_ms") // _MS_PER_S
    if limit("msg_ttl.min_s") <= age < needed:
        yield retries_beyond_age.finding_at(function, "msgTTL", age=age, retries=retries, needed=needed)
