"""Host names of the platform's services and image registries."""

from __future__ import annotations

import re
from functools import cache

from scfdeploy.facts.loader import rows

# Personal registries share one host; an enterprise registry has a host of its own name. Source: addresses of images in
# public serverless.yml files and in the vendor's registry documentation (2026-11-28).
_PERSONAL_REGISTRY = "ccr.ccs.tencentyun.com"
_ENTERPRISE_REGISTRY = ".tencentcloudcr.com"


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    patterns: dict[str, list[str]] = {}
    for row in rows("hosts"):
        patterns.setdefault(row["kind"], []).append(row["pattern"])
    return {kind: re.compile("|".join(f"(?:{pattern})" for pattern in found)) for kind, found in patterns.items()}


def service_of_host(name: str) -> str | None:
    """`api`, `storage` or `url` for a host name of the platform without its port; None for any other name."""
    lower = name.lower()
    return next((kind for kind, pattern in _patterns().items() if pattern.fullmatch(lower)), None)


def image_address(namespace: str, repository: str, tag: str, *, enterprise: str = "") -> str:
    """The address of an image in the personal registry, or in the enterprise registry of this name.

    >>> image_address("shop", "api", "1.4")
    'ccr.ccs.tencentyun.com/shop/api:1.4'
    """
    host = f"{enterprise}{_ENTERPRISE_REGISTRY}" if enterprise else _PERSONAL_REGISTRY
    return f"{host}/{namespace}/{repository}:{tag}"
