"""Enterprise image without a registry.

## What is wrong

`image.imageType` is `enterprise` and there is no `registryId`.

## Why

The platform needs the id of the registry for the password with which it pulls the image.

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

from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import block_of, text, unread


@rule(
    "image-registry-missing",
    Severity.ERROR,
    "Enterprise image without a registry",
    detail="An image of the type enterprise needs registryId, the id of its TCR instance.",
    hint="Add registryId: tcr-….",
    code="InvalidParameterValue.RegistryId",
    looks_at=("settings.image",),
)
def image_registry_missing(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find enterprise images that name no registry."""
    image = block_of(function, "image")
    has_registry = text(image, "registryId") or unread(function, "image", "registryId")
    if text(image, "imageType") == "enterprise" and not has_registry:
        yield image_registry_missing.finding_at(function, "image", "imageType")
