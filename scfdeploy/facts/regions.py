"""The regions that SCF is known to serve."""

from __future__ import annotations

from functools import cache

from scfdeploy.facts.loader import rows


@cache
def region_names() -> frozenset[str]:
    """Names such as `ap-guangzhou`. A region missing here may be new: warn, do not fail."""
    return frozenset(row["name"] for row in rows("regions"))
