"""The part of a plan that planning one resource returns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scfdeploy.model import Address
from scfdeploy.plan.change import Change, Refusal
from scfdeploy.plan.edges import Edge


@dataclass(frozen=True, slots=True)
class PlanFragment:
    """Changes with the dependencies between them; `rejected` and `unmanaged` are as in `Plan`."""

    changes: tuple[Change, ...] = ()
    rejected: tuple[Refusal, ...] = ()
    unmanaged: tuple[tuple[Address, str], ...] = ()
    edges: tuple[Edge, ...] = ()


def merge(fragments: Iterable[PlanFragment]) -> PlanFragment:
    """All fragments as one, in their order."""
    found = tuple(fragments)
    return PlanFragment(
        tuple(change for fragment in found for change in fragment.changes),
        tuple(refusal for fragment in found for refusal in fragment.rejected),
        tuple(note for fragment in found for note in fragment.unmanaged),
        tuple(edge for fragment in found for edge in fragment.edges),
    )
