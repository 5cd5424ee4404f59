"""Invalid tag.

## What is wrong

The key or the value of a tag is too long ({tags.key.max_chars} and {tags.value.max_chars} characters), the key is
empty, or one of them has characters other than letters, digits, spaces and `+ - = . _ : / @`.

## Why

The tag service rejects it, and with it the function.

## Wrong

```yaml
tags:
  team: orders & billing
```

## Right

```yaml
tags:
  team: orders and billing
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity, message
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import block_of

_CHARACTERS = r"[\w +\-=.:/@]*"


@rule(
    "tag-form",
    Severity.ERROR,
    "Invalid tag",
    detail="{problem}",
    looks_at=("settings.tags",),
)
def tag_form(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find keys and values of the wrong form or length."""
    for key, value in block_of(function, "tags").items():
        wrong = _wrong(message("key"), key, limit("tags.key.max_chars"))
        if wrong or not key:
            yield tag_form.finding_at_key(function, "tags", key, problem=wrong or message("The key of a tag is empty."))
        wrong = _wrong(message("value"), value, limit("tags.value.max_chars")) if isinstance(value, str) else ""
        if wrong:
            yield tag_form.finding_at(function, "tags", key, problem=wrong)


def _wrong(what: str, text: str, most: int) -> str:
    if len(text) > most:
        return message("The {what} has {length} characters, more than {most}.", what=what, length=len(text), most=most)
    if not re.fullmatch(_CHARACTERS, text):
        return message(
            'The {what} "{text}" can have letters, digits, spaces and + - = . _ : / @ only.', what=what, text=text
        )
    return ""
