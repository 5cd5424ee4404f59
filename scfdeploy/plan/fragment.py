"""What planning one resource gives: a part of the plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scfdeploy.model import Address
from scfdeploy.plan.change import Change, Refusal


@dataclass(frozen=True, slots=True)
class PlanFragment:
    """Changes, refusals and what is left alone, as in `Plan`."""

    changes: tuple[Change, ...] = ()
    rejected: tuple[Refusal, ...] = ()
    unmanaged: tuple[tuple[Address, str], ...] = ()


def merge(parts: Iterable[PlanFragment]) -> PlanFragment:
    """All parts as one, in their order."""
    found = tuple(parts)
    return PlanFragment(
        tuple(change for part in found for change in part.changes),
        tuple(refusal for part in found for refusal in part.rejected),
        tuple(note for part in found for note in part.unmanaged),
    )
