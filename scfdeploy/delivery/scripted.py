"""A handler with scripted outcomes: it works through its items in order, and each item decides how the call goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from scfdeploy.delivery.trace import Attempt

SUCCESS = 200
UNANSWERED = frozenset({429, 432, 433, 434, 439, 499, 500})
"""Statuses that the platform sets: the handler has no say in them, so it reports no failed items either."""


class AfterFailure(StrEnum):
    """What the handler does after an item that fails."""

    STOP = "stop"
    CONTINUE = "continue"


class ScriptedHandler:
    """Answers the k-th delivery of an item with the k-th outcome of that item; the last outcome repeats.

    Items that were delivered but not reached, behind an item that failed, also use up an outcome. The status of a call
    is the status of its first item that fails. The handler counts deliveries: each run needs a new one.
    """

    def __init__(
        self,
        outcomes: Mapping[int, Sequence[int]] | None = None,
        *,
        default: Sequence[int] = (SUCCESS,),
        duration_ms: int = 0,
        after_failure: AfterFailure = AfterFailure.STOP,
    ) -> None:
        """`outcomes` has the statuses of single items, by number; `default` those of all other items.

        `duration_ms` is the duration of a call, however many items it has.
        """
        self._outcomes = {number: tuple(statuses) for number, statuses in (outcomes or {}).items()}
        self._default = tuple(default)
        if not self._default or not all(self._outcomes.values()):
            raise ValueError("a list of outcomes needs at least one status")
        self._duration_ms = duration_ms
        self._continues = after_failure is AfterFailure.CONTINUE
        self._deliveries: dict[int, int] = {}

    def __call__(self, items: tuple[int, ...], _tries: int, _at: int) -> Attempt:
        """The result of one call with these items."""
        statuses = [self._next(number) for number in items]
        if statuses.count(SUCCESS) == len(statuses):
            return Attempt(SUCCESS, self._duration_ms, items)
        completed, failed = self._work_through(items, statuses)
        first_failure = next(status for status in statuses if status != SUCCESS)
        return Attempt(first_failure, self._duration_ms, completed, failed)

    def _next(self, number: int) -> int:
        statuses = self._outcomes.get(number, self._default)
        if len(statuses) == 1:
            return statuses[0]
        earlier = self._deliveries.get(number, 0)
        self._deliveries[number] = earlier + 1
        return statuses[min(earlier, len(statuses) - 1)]

    def _work_through(self, items: tuple[int, ...], statuses: list[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The completed items, and those that the handler can name as failed."""
        if self._continues:
            completed = tuple(number for number, status in zip(items, statuses, strict=True) if status == SUCCESS)
            failed = tuple(number for number, status in zip(items, statuses, strict=True) if status != SUCCESS)
            reached = statuses
        else:
            stop = next(index for index, status in enumerate(statuses) if status != SUCCESS)
            completed, failed = items[:stop], items[stop:]
            reached = statuses[stop : stop + 1]
        return completed, failed if UNANSWERED.isdisjoint(reached) else ()
