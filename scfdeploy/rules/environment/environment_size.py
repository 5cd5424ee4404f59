"""Environment variables too large.

## What is wrong

The names and values of all environment variables together exceed {env.total_bytes} bytes in UTF-8. A Chinese character
has three bytes.

## Why

The platform rejects the function when it is created or updated.

## Wrong

```text
environment:
  variables:
    RULES: {"rules": [ … 5000 bytes … ]}
```

## Right

```yaml
environment:
  variables:
    RULES: cos://rules-1250000000/rules.json
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import variables


@rule(
    "environment-size",
    Severity.ERROR,
    "Environment variables too large",
    detail="All names and values together have {total} bytes; the maximum is {most}.",
    hint='The largest is "{largest}" with {bytes} bytes: store it in COS or in a file.',
    code="InvalidParameterValue.EnvironmentExceededLimit",
    looks_at=("settings.environment",),
)
def environment_size(function: FunctionSpec, context: Context) -> Findings:
    sizes = {key: len(key.encode()) + len(value.encode()) for key, value in variables(function)}
    total, most = sum(sizes.values()), limit("env.total_bytes")
    if total > most:
        largest = max(sizes, key=lambda key: sizes[key])
        yield environment_size.finding_at_key(
            function, "environment", "variables", total=total, most=most, largest=largest, bytes=sizes[largest]
        )
