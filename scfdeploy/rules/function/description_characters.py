"""Unusual characters in the description.

## What is wrong

`description` has characters other than letters, digits, spaces, line breaks, `,` and `.`; letters of any
language are fine.

## Why

The API's text allows no others and has an error code for it. In practice some get through, so this is a warning.

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
from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import text

_UNUSUAL = r"[^\w\s,.，。、-]"


@rule(
    "description-characters",
    Severity.WARNING,
    "Unusual characters in the description",
    detail="The description has {shown} in it; the API's text lists letters, digits, blanks, commas, points.",
    hint="Leave them out if the platform refuses it.",
    code="InvalidParameterValue.Description",
    looks_at=("settings.description",),
)
def description_characters(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find characters that the API's text does not list; the hyphen is known to get through."""
    description = text(function.settings, "description") or ""
    unusual = sorted(set(re.findall(_UNUSUAL, description)))
    if unusual:
        shown = " ".join(unusual)
        yield description_characters.finding_at(function, "description", shown=shown)
