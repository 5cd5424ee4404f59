"""GPU without an image.

## What is wrong

`nodeType: GPU` is set for a function that is made of code.

## Why

Only images run on nodes with a GPU.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import text, unread


@rule(
    "gpu-without-image",
    Severity.ERROR,
    "GPU without an image",
    detail="nodeType is GPU; only functions that run an image can have one.",
    hint="Deploy the code as an image, or remove nodeType.",
    looks_at=("settings.nodeType",),
)
def gpu_without_image(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find functions that want a GPU for code."""
    has_image = "image" in function.settings or unread(function, "image")
    if text(function.settings, "nodeType") == "GPU" and not has_image:
        yield gpu_without_image.finding_at(function, "nodeType")
