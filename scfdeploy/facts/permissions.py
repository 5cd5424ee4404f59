"""API actions with their names in CAM policies, and what a policy can limit each to."""

from __future__ import annotations

from functools import cache

from scfdeploy.facts.loader import rows
from scfdeploy.records import NamedTuple


class PolicyAction(NamedTuple):
    """One API action."""

    cam: str
    """Its name in a policy, such as `scf:GetFunction`."""
    resource: str
    """`function`, `object`, `bucket`, `role`, or `any` without a resource-level permission."""
    when: str = ""
    """When it is called; empty if a usual run calls it."""


@cache
def policy_actions() -> dict[tuple[str, str], PolicyAction]:
    """Every action that plan, apply and destroy call, by product and name."""
    return {
        (row["product"], row["action"]): PolicyAction(row["cam"], row["resource"], row["when"])
        for row in rows("permissions")
    }
