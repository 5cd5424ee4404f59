"""Both image and code.

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
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import written

_OF_CODE = ("src", "runtime", "handler", "entryFile")


@rule(
    "image-beside-code",
    Severity.ERROR,
    "Both image and code",
    detail="{name} belongs to a function made of code; this one runs an image.",
    hint="Remove {name}, or remove image.",
    looks_at=("settings.image",),
)
def image_beside_code(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find what belongs to code on a function that runs an image."""
    if "image" not in function.settings:
        return
    for name in _OF_CODE:
        if written(function, name):
            yield image_beside_code.finding_at_key(function, name, name=name)
