"""Invalid tag.

## What is wrong

The key of a tag is empty, the key or value is too long ({tags.key.max_chars} and {tags.value.max_chars} characters), or
one of them contains characters other than letters, digits, spaces and `+ - = . _ : / @`.

## Why

The tag service rejects the tag, and with it the function.

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

from scfdeploy.diagnostics import Severity, message
from scfdeploy.facts import limit
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import block_of

_CHARACTERS = r"[\w +\-=.:/@]*"


@rule("tag-form", Severity.ERROR, "Invalid tag", detail="{problem}", looks_at=("settings.tags",))
def tag_form(function: FunctionSpec, context: Context) -> Findings:
    for key, value in block_of(function, "tags").items():
        problem = _problem(message("key"), key, limit("tags.key.max_chars"))
        if problem or not key:
            yield tag_form.finding_at_key(
                function, "tags", key, problem=problem or message("The key of a tag is empty.")
            )
        problem = _problem(message("value"), value, limit("tags.value.max_chars")) if isinstance(value, str) else ""
        if problem:
            yield tag_form.finding_at(function, "tags", key, problem=problem)


def _problem(what: str, text: str, most: int) -> str:
    if len(text) > most:
        return message(
            "The {what} has {length} characters; the maximum is {most}.", what=what, length=len(text), most=most
        )
    if not re.fullmatch(_CHARACTERS, text):
        return message(
            'The {what} "{text}" must consist of letters, digits, spaces and + - = . _ : / @.', what=what, text=text
        )
    return ""
