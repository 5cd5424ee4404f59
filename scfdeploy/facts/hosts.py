"""Host names of the platform's services."""

from __future__ import annotations

import re
from functools import cache

from scfdeploy.facts.loader import rows


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
