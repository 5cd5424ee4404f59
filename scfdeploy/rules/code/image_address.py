"""Invalid image address.

## What is wrong

`image.imageUrl` is not of the form `domain/namespace/name:tag`, which may end with `@sha256:` and a digest.

## Why

The platform pulls exactly what the address says; it takes neither a name without tag and digest, nor a URL.

## Wrong

```yaml
image:
  imageUrl: ccr.ccs.tencentyun.com/shop/api
```

## Right

```yaml
image:
  imageUrl: ccr.ccs.tencentyun.com/shop/api:1.4
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scfdeploy.diagnostics import Diagnostic, Severity, message
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, rule
from scfdeploy.rules.values import block_of, text, unread

_ADDRESS = r"[\w.-]+(:\d+)?(/[\w.-]+)+(:[\w.-]+(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})"


@rule(
    "image-address",
    Severity.ERROR,
    "Invalid image address",
    hint="{advice}",
    code="InvalidParameterValue.ImageUri",
    looks_at=("settings.image",),
)
def image_address(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find addresses of another form, and images without one."""
    if "image" not in function.settings or unread(function, "image", "imageUrl"):
        return
    address = text(block_of(function, "image"), "imageUrl") or ""
    if re.fullmatch(_ADDRESS, address):
        return
    yield image_address.finding_at(
        function,
        "image",
        "imageUrl",
        detail='"{image}" is not of the form domain/namespace/name:tag.' if address else "imageUrl is missing.",
        image=address,
        advice=_hint(address),
    )


def _hint(address: str) -> str:
    scheme, _, rest = address.partition("://")
    if rest:
        return message('Remove "{scheme}://".', scheme=scheme)
    if re.fullmatch(r"[\w.-]+(:\d+)?(/[\w.-]+)+", address):
        return message('Add the tag: "{image}:…".', image=address)
    return message("For example ccr.ccs.tencentyun.com/namespace/name:tag, or with @sha256: and the digest behind it.")
