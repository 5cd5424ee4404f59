"""Faults on order: rules that make chosen calls slow, failing or unanswered, before or after they took effect."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from scfdeploy.emulator.errors import ControlError

_ANY = "*"
_WHEN = ("before", "after")


@dataclass(frozen=True, slots=True)
class Rule:
    """Which calls, how often, and what happens to them.

    `action` is an action's name or `*`. The first `skip` matching calls pass, the next `times` are hit (None: all),
    each with `probability`, drawn from `seed`. What happens: `latency_s` is waited; then an API error `code` with
    `message`, or an HTTP `status`, is answered, `when` "before" or "after" the call took effect; or the connection
    is dropped, `drop` "before" or "after". `async_failure` lets the call succeed, but what it started (Creating,
    Updating, Publishing) ends in the failed state, with this text as the reason.
    """

    action: str = _ANY
    times: int | None = None
    skip: int = 0
    probability: float = 1.0
    seed: int = 0
    latency_s: float = 0.0
    code: str = ""
    message: str = "A fault that was asked for."
    status: int = 0
    when: str = "before"
    drop: str = ""
    async_failure: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to one call. Empty texts and zeros mean nothing does."""

    latency_s: float = 0.0
    code: str = ""
    message: str = ""
    status: int = 0
    when: str = ""
    drop: bool = False
    async_failure: str = ""


NO_EFFECT = Effect()


class Faults:
    """The rules in force, with how often each has hit. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []

    def replace(self, rules: Sequence[Rule]) -> None:
        """Let these be all rules; counting starts anew."""
        with self._lock:
            self._armed = [_Armed(rule) for rule in rules]

    def listing(self) -> list[dict[str, Any]]:
        """The rules with `seen` (matching calls) and `hits`."""
        with self._lock:
            return [asdict(armed.rule) | {"seen": armed.seen, "hits": armed.hits} for armed in self._armed]

    def effect(self, action: str) -> Effect:
        """What happens to the next call of `action`. Waits add up; of several failures the first rule's counts."""
        if not self._armed:
            return NO_EFFECT
        with self._lock:
            hit = [armed.rule for armed in self._armed if armed.hits_next(action)]
        failing = next((rule for rule in hit if rule.code or rule.status or rule.drop), Rule(message=""))
        return Effect(
            sum(rule.latency_s for rule in hit),
            failing.code,
            failing.message,
            failing.status,
            failing.drop or failing.when,
            bool(failing.drop),
            next((rule.async_failure for rule in hit if rule.async_failure), ""),
        )


def parse_rules(content: object) -> list[Rule]:
    """Rules from JSON: a list of objects whose keys are those of Rule. Raises ControlError that says what is wrong."""
    listed = content.get("rules") if isinstance(content, dict) else content
    if not isinstance(listed, list):
        raise ControlError("faults are a list of rules")
    return [_rule(entry) for entry in listed]


def _rule(entry: object) -> Rule:
    if not isinstance(entry, dict):
        raise ControlError("a rule is an object")
    known = {field.name: type(field.default) for field in fields(Rule)} | {"times": int}
    for name, value in entry.items():
        if name not in known:
            raise ControlError(f'a rule has no key "{name}"; there are {", ".join(known)}')
        wanted = (int, float) if known[name] is float else known[name]
        if isinstance(value, bool) or not isinstance(value, wanted):
            raise ControlError(f'"{name}" of a rule cannot be {value!r}')
    rule = Rule(**entry)
    if rule.when not in _WHEN or rule.drop not in ("", *_WHEN):
        raise ControlError('"when" and "drop" are "before" or "after"')
    return rule


class _Armed:
    """A rule with its counters and its own source of chance."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.seen = 0
        self.hits = 0
        self._chance = random.Random(rule.seed)  # noqa: S311 - repeatable on purpose

    def hits_next(self, action: str) -> bool:
        """Count one call, and say whether the rule hits it."""
        if self.rule.action not in (_ANY, action):
            return False
        self.seen += 1
        if self.seen <= self.rule.skip or (self.rule.times is not None and self.hits >= self.rule.times):
            return False
        if self.rule.probability < 1 and self._chance.random() >= self.rule.probability:
            return False
        self.hits += 1
        return True
