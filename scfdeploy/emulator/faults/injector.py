"""Decides which fault rules hit a call.

Random draws are reproducible: they depend on the seed of the rule, the content of a call and the number of identical
calls before, not on the order in which concurrent calls arrive.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from scfdeploy.emulator.faults.effect import NO_EFFECT, Effect
from scfdeploy.emulator.faults.rule import Rule

_MAX_COUNTED_CALLS = 1 << 16
# Times, and ids from the server, differ in every run although the call is the same.
_VARYING = frozenset({"StartTime", "EndTime", "FunctionRequestId", "InvokeRequestId", "uploadId"})
_NO_CONTENT: Mapping[str, object] = {}


class Faults:
    """The active rules with their counters. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._active: list[ActiveRule] = []
        self._counter = CallCounter()

    def replace(self, rules: Sequence[Rule]) -> None:
        """Replace all rules and reset the counters."""
        with self._lock:
            self._active = [ActiveRule(rule) for rule in rules]
            self._counter = CallCounter()

    def listing(self) -> list[dict[str, Any]]:
        """The rules with `seen` (matching calls) and `hits`."""
        with self._lock:
            return [asdict(active.rule) | {"seen": active.calls, "hits": active.hits} for active in self._active]

    def effect(
        self, action: str, *, product: str = "", function: str = "", content: Mapping[str, object] = _NO_CONTENT
    ) -> Effect:
        """The effect on the next call of `action`. Latencies add up; of several failures the first rule's applies.

        `content` is all that the call contains; random draws depend on it.
        """
        active_rules = [active for active in self._active if not active.rule.outcome and not active.rule.deny]
        if not active_rules:
            return NO_EFFECT
        call = digest(product, action, content) if any(a.rule.probability < 1 for a in active_rules) else b""
        with self._lock:
            number = self._counter.count(call) if call else 0
            hit = [
                active.rule
                for active in active_rules
                if active.rule.matches(action, product, function) and active.hits_next(call, number)
            ]
        failing = next((rule for rule in hit if rule.fails), Rule(message=""))
        return Effect(
            latency_s=sum(rule.latency_s for rule in hit),
            code=failing.code,
            message=failing.message,
            status=failing.status,
            when=failing.drop or failing.when,
            drop=bool(failing.drop),
            garbled=failing.garbled,
            skew_s=failing.skew_s,
            async_failure=next((rule.async_failure for rule in hit if rule.async_failure), ""),
            stuck=any(rule.stuck for rule in hit),
            late_tags_s=max((rule.late_tags_s for rule in hit), default=0.0),
            stale_s=max((rule.stale_s for rule in hit), default=0.0),
        )

    def outcome(
        self, function: str, event: str, attempt: int, among: Container[int] = range(1000)
    ) -> ForcedOutcome | None:
        """The status that replaces the next attempt of a function, if a rule says so.

        Only rules with a status `among` these are considered and counted.
        """
        with self._lock:
            for active in self._active:
                rule = active.rule
                if not rule.outcome or rule.outcome not in among or not rule.matches("Invoke", "scf", function):
                    continue
                if rule.attempt not in (0, attempt) or rule.event not in event:
                    continue
                call = digest("scf", "Invoke", {"event": event, "attempt": attempt}) if rule.probability < 1 else b""
                if active.hits_next(call, active.calls):
                    return ForcedOutcome(rule.outcome, rule.when == "after")
        return None

    def denies(self, destination: str) -> bool:
        """Whether a rule stops functions from sending to a queue or topic."""
        with self._lock:
            denying = [a for a in self._active if a.rule.deny and a.rule.destination in ("", destination)]
            return any(active.hits_next(b"", active.calls) for active in denying)

    @property
    def has_outcomes(self) -> bool:
        """Whether a rule replaces the runs of functions."""
        return any(active.rule.outcome for active in self._active)


@dataclass(frozen=True, slots=True)
class ForcedOutcome:
    """The status that replaces a run."""

    status: int
    runs_first: bool
    """Whether the function runs before its result is lost."""


class ActiveRule:
    """A rule with its counters."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.calls = 0
        self.hits = 0

    def hits_next(self, call: bytes, number: int) -> bool:
        """Count one matching call and decide whether the rule hits it. The arguments are those of `draw`."""
        rule = self.rule
        self.calls += 1
        if rule.nth and self.calls != rule.nth:
            return False
        if self.calls <= rule.skip or (rule.times is not None and self.hits >= rule.times):
            return False
        if rule.probability < 1 and draw(rule.seed, call, number) >= rule.probability:
            return False
        self.hits += 1
        return True


class CallCounter:
    """Counts identical calls. Beyond `capacity` calls, the least recent are dropped and count from 1 again."""

    def __init__(self, capacity: int = _MAX_COUNTED_CALLS) -> None:
        self._capacity = capacity
        self._counts: dict[bytes, int] = {}

    def count(self, call: bytes) -> int:
        """How many times this call was made, including now."""
        number = self._counts.pop(call, 0) + 1
        self._counts[call] = number
        if len(self._counts) > self._capacity:
            del self._counts[next(iter(self._counts))]
        return number


def digest(product: str, action: str, content: Mapping[str, object]) -> bytes:
    """The digest of a call: equal for identical calls, regardless of signer and time."""
    stable = {name: value for name, value in content.items() if name not in _VARYING}
    text = json.dumps([product, action, stable], sort_keys=True, default=_fingerprint)
    return hashlib.sha256(text.encode()).digest()


def draw(seed: int, call: bytes, number: int) -> float:
    """A number in [0, 1) for the `number`th call with this digest."""
    mixed = hashlib.sha256(b"%d %d " % (seed, number) + call).digest()
    # A float has 53 bits; with more, the result could round to 1.
    return (int.from_bytes(mixed[:8]) >> 11) / (1 << 53)


def _fingerprint(value: object) -> str:
    """The SHA-256 that replaces a body in a digest."""
    return hashlib.sha256(value if isinstance(value, bytes) else str(value).encode()).hexdigest()
