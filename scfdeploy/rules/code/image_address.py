"""Invalid image address.

## What is wrong

`image.imageUrl` does not have the form `domain/namespace/name:tag`, optionally followed by `@sha256:` and a digest.

## Why

The platform pulls exactly this address. It rejects a URL, and a name without tag and digest.

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

from scfdeploy.diagnostics import Severity, message
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Findings, rule
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
def image_address(function: FunctionSpec, context: Context) -> Findings:
    if "image" not in function.settings or unread(function, "image", "imageUrl"):
        return
    address = text(block_of(function, "image"), "imageUrl") or ""
    if re.fullmatch(_ADDRESS, address):
        return
    yield image_address.finding_at(
        function,
        "image",
        "imageUrl",
        detail='"{image}" does not have the form domain/namespace/name:tag.' if address else "imageUrl is missing.",
        image=address,
        advice=_hint(address),
    )


def _hint(address: str) -> str:
    scheme, _, rest = address.partition("://")
    if rest:
        return message('Remove "{scheme}://".', scheme=scheme)
    if re.fullmatch(r"[\w.-]+(:\d+)?(/[\w.-]+)+", address):
        return message('Add the tag: "{image}:…".', image=address)
    return message("For example ccr.ccs.tencentyun.com/namespace/name:tag, optionally with @sha256: and the digest.")
