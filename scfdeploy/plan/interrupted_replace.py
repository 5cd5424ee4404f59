"""What an earlier run deleted to replace it and did not make again: its creation says so, and comes first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from scfdeploy.model import Address
from scfdeploy.plan.change import Action, Change, Plan
from scfdeploy.plan.fragment import PlanFragment
from scfdeploy.plan.policy import Policy

_REASON = "an earlier replacement stopped half way: the old one is deleted"
_MAKES = (Action.CREATE, Action.REPLACE)


def interrupted_first(part: PlanFragment, half_replaced: Collection[Address]) -> PlanFragment:
    """The part, in which what was left half replaced, and what belongs to it, comes before all else."""
    if not half_replaced:
        return part
    making = {change.address for change in part.changes if change.action in _MAKES and change.address in half_replaced}
    changes = sorted(part.changes, key=lambda change: not {change.address, change.address.of} & making)
    return replace(part, changes=tuple(_said(change) if change.address in making else change for change in changes))


def still_half_replaced(half_replaced: Collection[Address], plan: Plan, policy: Policy) -> frozenset[Address]:
    """Those that `plan` makes (again); of the others, each is there again or not wanted any more.

    A plan for targets says nothing of what it leaves out.
    """
    if policy.targets:
        return frozenset(half_replaced)
    return frozenset(half_replaced) & {change.address for change in plan.changes if change.action in _MAKES}


def _said(change: Change) -> Change:
    """A replacement, of what is being deleted or what came to nothing, has said its own reason."""
    return replace(change, reason=_REASON) if change.action is Action.CREATE else change
