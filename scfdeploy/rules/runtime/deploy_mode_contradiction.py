"""Deploy mode that contradicts the code.

## What is wrong

`deployMode` is `image` where there is code, or `code` where there is an image.

## Why

What is deployed is said by `src` and `image`; `deployMode` can only repeat it.

## Wrong

```yaml
deployMode: image
```

## Right

```yaml
deployMode: image
image:
  imageUrl: ccr.ccs.tencentyun.com/shop/api:1.4
```
"""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import text, unread


@rule(
    "deploy-mode-contradiction",
    Severity.ERROR,
    "Deploy mode contradicts the code",
    detail="deployMode is {other}, and the function is made of {mode}.",
    hint="Set deployMode: {mode}, or remove it.",
    looks_at=("settings.deployMode",),
)
def deploy_mode_contradiction(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find the mode that is not the function's."""
    written = text(function.settings, "deployMode")
    mode, other = ("image", "code") if "image" in function.settings else ("code", "image")
    if written == other and not unread(function, "image"):
        yield deploy_mode_contradiction.finding_at(function, "deployMode", other=other, mode=mode)
