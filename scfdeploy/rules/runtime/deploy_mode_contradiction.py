"""Deploy mode that contradicts the code.

## What is wrong

`deployMode` is `image` for a function without `image`, or `code` for a function with one.

## Why

`src` and `image` determine what is deployed. `deployMode` can only confirm it.

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

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import text, unread


@rule(
    "deploy-mode-contradiction",
    Severity.ERROR,
    "Deploy mode contradicts the code",
    detail='deployMode is "{other}", but the function is deployed as "{mode}".',
    hint="Set deployMode: {mode}, or remove it.",
    looks_at=("settings.deployMode",),
)
def deploy_mode_contradiction(function: FunctionSpec, context: Context) -> Findings:
    written = text(function.settings, "deployMode")
    mode, other = ("image", "code") if "image" in function.settings else ("code", "image")
    if written == other and not unread(function, "image"):
        yield deploy_mode_contradiction.finding_at(function, "deployMode", other=other, mode=mode)
