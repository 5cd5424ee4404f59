"""How much of a long matrix a run tries: a fair sample in `make test`, all of it in `make soak`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

SOAK_SEEDS = int(os.environ.get("SCFDEPLOY_SOAK_SEEDS", "0"))
"""The number of fault loads of a soak; 0 in a usual run."""
_FEWEST = 5


def is_soak() -> bool:
    """Whether everything is to be tried."""
    return bool(SOAK_SEEDS)


def sample_size(number: int, *, part: int = 4) -> int:
    """How many of `number` random examples to try: all in a soak, else one `part`, but not fewer than a handful."""
    return number if is_soak() else min(number, max(_FEWEST, number // part))


def sample(points: Sequence[T], *, every: int, start: int = 0) -> Sequence[T]:
    """All points in a soak, else every so many of them, from another one for each `start`; at least one, if any."""
    return points if is_soak() or not points else points[start % min(every, len(points)) :: every]
