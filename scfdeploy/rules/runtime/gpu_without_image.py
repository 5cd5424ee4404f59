"""GPU without an image.

## What is wrong

`nodeType: GPU` is set for a function without an image.

## Why

Only functions deployed from an image run on GPU nodes.

## Wrong

```yaml
nodeType: GPU
nodeSpec: GN7.LARGE20
```

## Right

```yaml
image:
  imageUrl: ccr.ccs.tencentyun.com/shop/api:1.4
nodeType: GPU
nodeSpec: GN7.LARGE20
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import text, unread


@rule(
    "gpu-without-image",
    Severity.ERROR,
    "GPU without an image",
    detail="nodeType is GPU, which requires a function deployed from an image.",
    hint="Deploy the code as an image, or remove nodeType.",
    looks_at=("settings.nodeType",),
)
def gpu_without_image(function: FunctionSpec, context: Context) -> Findings:
    has_image = "image" in function.settings or unread(function, "image")
    if text(function.settings, "nodeType") == "GPU" and not has_image:
        yield gpu_without_image.finding_at(function, "nodeType")
