"""Description longer than the platform takes.

## What is wrong

`description` has more than {description.max_chars} characters.

## Why

The platform refuses the function when it is created or updated.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import text

INFO = RuleInfo(
    "description-length", "InvalidParameterValue.Description", Severity.ERROR, "0.1.0", "Description too long"
)


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find a description with too many characters."""
    description, most = text(function.settings, "description"), limit("description.max_chars")
    if description is not None and len(description) > most:
        yield INFO.found(
            function,
            "description",
            detail=f"The description has {len(description)} characters; it may have {most}.",
            hint="Shorten it.",
        )


RULE = Rule(INFO, check)
