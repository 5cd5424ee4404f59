"""Tag that the tag service does not take.

## What is wrong

The key or the value of a tag is too long ({tags.key.max_chars} and {tags.value.max_chars} characters), the key is
empty, or one of them has characters other than letters, digits, blanks and `+ - = . _ : / @`.

## Why

The tag service refuses it, and with it the function.

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

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import block_of

INFO = RuleInfo("tag-form", None, Severity.ERROR, "0.1.0", "Tag not allowed")


_CHARACTERS = r"[\w +\-=.:/@]*"


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find keys and values of the wrong form or length."""
    for key, value in block_of(function, "tags").items():
        wrong = _wrong("key", key, limit("tags.key.max_chars"))
        if wrong or not key:
            yield INFO.found_key(function, "tags", key, detail=wrong or "The key of a tag is empty.")
        wrong = _wrong("value", value, limit("tags.value.max_chars")) if isinstance(value, str) else ""
        if wrong:
            yield INFO.found(function, "tags", key, detail=wrong)


def _wrong(what: str, text: str, most: int) -> str:
    if len(text) > most:
        return f"The {what} has {len(text)} characters; it may have {most}."
    if not re.fullmatch(_CHARACTERS, text):
        return f'The {what} "{text}" may have letters, digits, blanks and + - = . _ : / @ only.'
    return ""


RULE = Rule(INFO, check)
