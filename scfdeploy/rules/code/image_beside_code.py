"""Both image and code.

## What is wrong

`image` is set together with `src`, `runtime`, `handler`, `entryFile` or `startCmd`.

## Why

An image replaces all of these: it contains the code and the runtime, and its own command starts it.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.model.function_fields import CODE_KEYS
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import written


@rule(
    "image-beside-code",
    Severity.ERROR,
    "Both image and code",
    detail="{name} is only for functions deployed from code; this function runs an image.",
    hint="Remove {name}, or remove image.",
    looks_at=("settings.image",),
)
def image_beside_code(function: FunctionSpec, context: Context) -> Findings:
    if "image" not in function.settings:
        return
    for name in CODE_KEYS:
        if written(function, name):
            yield image_beside_code.finding_at_key(function, name, name=name)
