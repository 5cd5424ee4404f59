"""What planning one resource gives: a part of the plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scfdeploy.model import Address
from scfdeploy.plan.change import Change, Refusal


@dataclass(frozen=True, slots=True)
class Part:
    """Changes, refusals and what is left alone, as in `Plan`."""

    changes: tuple[Change, ...] = ()
    refused: tuple[Refusal, ...] = ()
    left_alone: tuple[tuple[Address, str], ...] = ()


def combined(parts: Iterable[Part]) -> Part:
    """All parts as one, in their order."""
    found = tuple(parts)
    return Part(
        tuple(change for part in found for change in part.changes),
        tuple(refusal for part in found for refusal in part.refused),
        tuple(note for part in found for note in part.left_alone),
    )
