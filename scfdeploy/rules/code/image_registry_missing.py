"""Enterprise image without a registry.

## What is wrong

`image.imageType` is `enterprise`, but `registryId` is missing.

## Why

The platform needs the registry id to get the credentials for pulling the image.

## Wrong

```yaml
image:
  imageUrl: shop.tencentcloudcr.com/shop/api:1.4
  imageType: enterprise
```

## Right

```yaml
image:
  imageUrl: shop.tencentcloudcr.com/shop/api:1.4
  imageType: enterprise
  registryId: tcr-8f3k2m1p
```
"""

from __future__ import annotations

from scfdeploy.diagnostics import Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
from scfdeploy.rules.values import block_of, text, unread


@rule(
    "image-registry-missing",
    Severity.ERROR,
    "Enterprise image without a registry",
    detail="imageType is enterprise, which requires registryId, the id of the TCR instance.",
    hint="Add registryId: tcr-….",
    code="InvalidParameterValue.RegistryId",
    looks_at=("settings.image",),
)
def image_registry_missing(function: FunctionSpec, context: Context) -> Findings:
    image = block_of(function, "image")
    has_registry = text(image, "registryId") or unread(function, "image", "registryId")
    if text(image, "imageType") == "enterprise" and not has_registry:
        yield image_registry_missing.finding_at(function, "image", "imageType")
