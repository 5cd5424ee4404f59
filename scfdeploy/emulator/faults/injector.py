"""The rules in force: which of them hits a call, and what becomes of it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from scfdeploy.emulator.faults.rule import Rule
from scfdeploy.emulator.faults.seeded_draw import Repeats, digest, draw


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to one call, in the words of Rule. Empty texts and zeros mean nothing does."""

    latency_s: float = 0.0
    code: str = ""
    message: str = ""
    status: int = 0
    when: str = ""
    drop: bool = False
    garbled: str = ""
    skew_s: float = 0.0
    async_failure: str = ""
    stuck: bool = False
    late_tags_s: float = 0.0
    stale_s: float = 0.0


NO_EFFECT = Effect()
_NOTHING: Mapping[str, object] = {}


class Faults:
    """The rules in force, with how often each has hit. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []
        self._repeats = Repeats()

    def replace(self, rules: Sequence[Rule]) -> None:
        """Let these be all rules; counting starts anew."""
        with self._lock:
            self._armed = [_Armed(rule) for rule in rules]
            self._repeats = Repeats()

    def listing(self) -> list[dict[str, Any]]:
        """The rules with `seen` (matching calls) and `hits`."""
        with self._lock:
            return [asdict(armed.rule) | {"seen": armed.seen, "hits": armed.hits} for armed in self._armed]

    def effect(
        self, action: str, *, product: str = "", function: str = "", content: Mapping[str, object] = _NOTHING
    ) -> Effect:
        """What happens to the next call of `action`. Waits add up; of several failures the first rule's counts.

        `content` is all that the call asks. Where a rule hits by chance, it and the number of calls that asked just
        this decide, so that it makes no difference which of several calls arrives first.
        """
        armed = self._armed
        if not armed:
            return NO_EFFECT
        call = digest(product, action, content) if any(one.rule.probability < 1 for one in armed) else b""
        with self._lock:
            seen = self._repeats.count(call) if call else 0
            hit = [one.rule for one in armed if one.hits_next(action, product, function, draws=(call, seen))]
        failing = next((rule for rule in hit if rule.fails), Rule(message=""))
        return Effect(
            sum(rule.latency_s for rule in hit),
            failing.code,
            failing.message,
            failing.status,
            failing.drop or failing.when,
            bool(failing.drop),
            failing.garbled,
            failing.skew_s,
            next((rule.async_failure for rule in hit if rule.async_failure), ""),
            any(rule.stuck for rule in hit),
            max((rule.late_tags_s for rule in hit), default=0.0),
            max((rule.stale_s for rule in hit), default=0.0),
        )


class _Armed:
    """A rule with its counters."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.seen = 0
        self.hits = 0

    def hits_next(self, action: str, product: str, function: str, *, draws: tuple[bytes, int]) -> bool:
        """Count one call, and say whether the rule hits it. `draws` is what chance is drawn of."""
        if not self.rule.is_for(action, product, function):
            return False
        self.seen += 1
        if self.rule.nth and self.seen != self.rule.nth:
            return False
        if self.seen <= self.rule.skip or (self.rule.times is not None and self.hits >= self.rule.times):
            return False
        if self.rule.probability < 1 and draw(self.rule.seed, *draws) >= self.rule.probability:
            return False
        self.hits += 1
        return True
