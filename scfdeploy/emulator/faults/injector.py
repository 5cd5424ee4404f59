"""Applies fault rules: which of them hit a call, and with what effect."""

from __future__ import annotations

import threading
from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from scfdeploy.emulator.faults.rule import Rule
from scfdeploy.emulator.faults.seeded_draw import CallCounter, digest, draw


@dataclass(frozen=True, slots=True)
class Effect:
    """The faults of one call; the fields are those of `Rule`. Empty values have no effect."""

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
    """The active rules with their counters. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[ActiveRule] = []
        self._counter = CallCounter()

    def replace(self, rules: Sequence[Rule]) -> None:
        """Replace all rules and reset the counters."""
        with self._lock:
            self._armed = [ActiveRule(rule) for rule in rules]
            self._counter = CallCounter()

    def listing(self) -> list[dict[str, Any]]:
        """The rules with `seen` (matching calls) and `hits`."""
        with self._lock:
            return [asdict(armed.rule) | {"seen": armed.seen, "hits": armed.hits} for armed in self._armed]

    def effect(
        self, action: str, *, product: str = "", function: str = "", content: Mapping[str, object] = _NOTHING
    ) -> Effect:
        """The effect on the next call of `action`. Latencies add up; of several failures the first rule's applies.

        `content` is the whole content of the call. A rule with a probability draws by it and by the number of
        identical calls, so that the order in which concurrent calls arrive makes no difference.
        """
        armed = [one for one in self._armed if not one.rule.outcome and not one.rule.deny]
        if not armed:
            return NO_EFFECT
        call = digest(product, action, content) if any(one.rule.probability < 1 for one in armed) else b""
        with self._lock:
            seen = self._counter.count(call) if call else 0
            hit = [
                one.rule
                for one in armed
                if one.rule.is_for(action, product, function) and one.hits_next(draws=(call, seen))
            ]
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

    def outcome(
        self, function: str, event: str, attempt: int, among: Container[int] = range(1000)
    ) -> ForcedOutcome | None:
        """The status that replaces the next attempt of a function, if a rule says so.

        Only rules with a status `among` these are considered and counted.
        """
        with self._lock:
            for armed in self._armed:
                rule = armed.rule
                if not rule.outcome or rule.outcome not in among or not rule.is_for("Invoke", "scf", function):
                    continue
                if rule.attempt not in (0, attempt) or rule.event not in event:
                    continue
                call = digest("scf", "Invoke", {"event": event, "attempt": attempt}) if rule.probability < 1 else b""
                if armed.hits_next(draws=(call, armed.seen)):
                    return ForcedOutcome(rule.outcome, rule.when == "after")
        return None

    def denies(self, destination: str) -> bool:
        """Whether functions may not send to a queue or topic."""
        with self._lock:
            denying = [one for one in self._armed if one.rule.deny and one.rule.destination in ("", destination)]
            return any(one.hits_next(draws=(b"", one.seen)) for one in denying)

    @property
    def has_outcomes(self) -> bool:
        """Whether a rule replaces the runs of functions."""
        return any(armed.rule.outcome for armed in self._armed)


@dataclass(frozen=True, slots=True)
class ForcedOutcome:
    """The status that replaces a run, and whether the function runs before its result is lost."""

    status: int
    runs_first: bool


class ActiveRule:
    """A rule with its counters."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.seen = 0
        self.hits = 0

    def hits_next(self, *, draws: tuple[bytes, int]) -> bool:
        """Count one call that the rule is for, and decide whether it hits it. `draws` go to `draw` after the seed."""
        self.seen += 1
        if self.rule.nth and self.seen != self.rule.nth:
            return False
        if self.seen <= self.rule.skip or (self.rule.times is not None and self.hits >= self.rule.times):
            return False
        if self.rule.probability < 1 and draw(self.rule.seed, *draws) >= self.rule.probability:
            return False
        self.hits += 1
        return True
