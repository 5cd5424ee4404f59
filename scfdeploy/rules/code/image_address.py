"""Address that names no image.

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

from scfdeploy.diagnostics import Diagnostic, Severity
from scfdeploy.model import FunctionSpec
from scfdeploy.rules.rule import Context, Rule, RuleInfo
from scfdeploy.rules.values import block_of, text, unread

INFO = RuleInfo(
    "image-address", "InvalidParameterValue.ImageUri", Severity.ERROR, "0.1.0", "Not the address of an image"
)


_ADDRESS = r"[\w.-]+(:\d+)?(/[\w.-]+)+(:[\w.-]+(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})"


def check(function: FunctionSpec, context: Context) -> Iterator[Diagnostic]:
    """Find addresses of another form, and images without one."""
    if "image" not in function.settings or unread(function, "image", "imageUrl"):
        return
    address = text(block_of(function, "image"), "imageUrl") or ""
    if re.fullmatch(_ADDRESS, address):
        return
    yield INFO.found(
        function,
        "image",
        "imageUrl",
        detail=f'"{address}" is not of the form domain/namespace/name:tag.' if address else "The image has no address.",
        hint=_hint(address),
    )


def _hint(address: str) -> str:
    scheme, _, rest = address.partition("://")
    if rest:
        return f'Remove "{scheme}://".'
    if re.fullmatch(r"[\w.-]+(:\d+)?(/[\w.-]+)+", address):
        return f'Add the tag: "{address}:…".'
    return "For example ccr.ccs.tencentyun.com/namespace/name:tag, or with @sha256: and the digest behind it."


RULE = Rule(INFO, check)
