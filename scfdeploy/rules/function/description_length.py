"""Description too long.

## What is wrong

`description` has more than {description.max_chars} characters.

## Why

The platform rejects the function when it is created or updated.

## Wrong

```text
description: Resizes pictures. (… and 1200 characters more)
```

## Right

```yaml
description: Resizes pictures.
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import text


@rule(
    "description-length",
    Severity.ERROR,
    "Description too long",
    detail="The description has {length} characters; the maximum is {most}.",
    hint="Shorten it.",
    code="InvalidParameterValue.Description",
    looks_at=("settings.description",),
)
def description_length(function: FunctionSpec, context: Context) -> Findings:
    description, most = text(function.settings, "description"), limit("description.max_chars")
    if description is not None and len(description) > most:
        yield description_length.finding_at(function, "description", length=len(description), most=most)
