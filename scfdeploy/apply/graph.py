"""The dependency graph of a run: which changes can start and which never will."""

from __future__ import annotations

from collections.abc import Iterable

from scfdeploy.model import Address
from scfdeploy.plan import Change


class Graph:
    """The changes of a run by what they wait for. What a change requires and nobody changes counts as done."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._waiting = {change.address: change for change in changes}
        self._open: dict[Address, set[Address]] = {
            address: {needed for needed in change.requires if needed in self._waiting and needed != address}
            for address, change in self._waiting.items()
        }

    def take_ready(self) -> tuple[Change, ...]:
        """Changes that wait for nothing more, in the order of the plan; each is given once."""
        ready = [address for address in self._waiting if not self._open[address]]
        return tuple(self._waiting.pop(address) for address in ready)

    def succeeded(self, address: Address) -> None:
        """Nobody need wait for this one any longer."""
        for needed in self._open.values():
            needed.discard(address)

    def failed(self, address: Address) -> tuple[Change, ...]:
        """Those that will never start because this one failed, however far behind it; they are waiting no more."""
        lost: list[Change] = []
        reach = [address]
        while reach:
            behind = reach.pop()
            for waiting in [found for found in self._waiting if behind in self._open[found]]:
                lost.append(self._waiting.pop(waiting))
                reach.append(waiting)
        return tuple(lost)

    def take_rest(self) -> tuple[Change, ...]:
        """Everything that has not started, whatever it waits for."""
        rest = tuple(self._waiting.values())
        self._waiting.clear()
        return rest
