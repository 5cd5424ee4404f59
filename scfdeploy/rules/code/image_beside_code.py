"""Image and code together.

## What is wrong

`image` stands beside `src`, `runtime`, `handler` or `entryFile`.

## Why

An image takes the place of all of them: it brings code and runtime, and its own command starts it.

## Wrong

```yaml
image:
  imageUrl: ccr.ccs.tencentyun.com/shop/api:1.4
handler: index.main_handler
```

## Right

```yaml
image:
  imageUrl: ccr.ccs.tencentyun.com/shop/api:1.4
  command: python
  args: index.py
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import written

INFO = RuleInfo("image-beside-code", None, Severity.ERROR, "0.1.0", "Image and code together")


_OF_CODE = ("src", "runtime", "handler", "entryFile")


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find what belongs to code on a function that runs an image."""
    if "image" not in function.settings:
        return
    for name in _OF_CODE:
        if written(function, name):
            yield INFO.found_key(
                function,
                name,
                detail=f"{name} belongs to a function made of code; this one runs an image.",
                hint=f"Remove {name}, or remove image.",
            )


RULE = Rule(INFO, check)
