"""Unusual characters in the description.

## What is wrong

`description` contains characters other than letters of any language, digits, spaces, line breaks, `,` and `.`.

## Why

The API documentation allows no others and has an error code for them. In practice the platform accepts some, so this is
a warning.

## Wrong

```yaml
description: Resizes pictures <50% faster>
```

## Right

```yaml
description: Resizes pictures, faster by half.
```
"""

from __future__ import annotations

import re

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import text

# The hyphen is not documented, but the platform accepts it.
_UNUSUAL = r"[^\w\s,.，。、-]"


@rule(
    "description-characters",
    Severity.WARNING,
    "Unusual characters in the description",
    detail="The description contains {characters}; documented are letters, digits, spaces, commas and periods.",
    hint="Remove them if the platform rejects the description.",
    code="InvalidParameterValue.Description",
    looks_at=("settings.description",),
)
def description_characters(function: FunctionSpec, context: Context) -> Findings:
    description = text(function.settings, "description") or ""
    unusual = sorted(set(re.findall(_UNUSUAL, description)))
    if unusual:
        yield description_characters.finding_at(function, "description", characters=" ".join(unusual))
