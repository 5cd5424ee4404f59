"""What a fault rule may say, and how one is read from JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from scfdeploy.emulator.errors import ControlError
from scfdeploy.emulator.faults.corrupt_response import GARBLES
from scfdeploy.facts import status_codes

ANY = "*"
_WHEN = ("before", "after")
_LARGEST = 1e9


@dataclass(frozen=True, slots=True)
class Rule:
    """Which calls, how often, and what happens to them.

    `action` is an action's name or `*`, a COS request's included (`PutObject`); `product` narrows `*` down, `function`
    to calls that name that function. The first `skip` matching calls pass, the next `times` are hit (None: all), each
    with `probability`; `nth` hits that matching call alone, counted from 1. These count calls as they arrive; what is
    drawn depends on `seed`, on what a call asks and on how often it was asked, not on the order.

    What happens: `latency_s` is waited; then an API error `code` with `message`, or an HTTP `status`, is answered,
    `when` "before" or "after" the call took effect; or the connection is dropped, `drop` "before" or "after"; or the
    call takes effect and its answer is `garbled` in one of the ways of GARBLES. `skew_s` checks the signature's time
    as if the server's clock were that far ahead of the client's (behind, when negative).

    What the call started: with `async_failure` it ends in the failed state, with this text as the reason; with
    `stuck` it ends never; the tags that it wrote show only `late_tags_s` seconds later; reads answer for `stale_s`
    seconds as if it had not been made. These are seconds of the server's clock.

    `outcome` replaces the run of a function by an invocation status, `when` "before" it runs or "after" it ran and
    took effect. Such a rule counts attempts instead of API calls: those of `function`, number `attempt` alone (0: any)
    and those whose event text contains `event`. With `deny`, functions may not send to the
    queue or topic `destination`.
    """

    action: str = ANY
    product: str = ""
    function: str = ""
    times: int | None = None
    skip: int = 0
    nth: int = 0
    probability: float = 1.0
    seed: int = 0
    latency_s: float = 0.0
    code: str = ""
    message: str = "A fault that was asked for."
    status: int = 0
    when: str = "before"
    drop: str = ""
    garbled: str = ""
    skew_s: float = 0.0
    async_failure: str = ""
    stuck: bool = False
    late_tags_s: float = 0.0
    stale_s: float = 0.0
    outcome: int = 0
    attempt: int = 0
    event: str = ""
    destination: str = ""
    deny: bool = False

    def is_for(self, action: str, product: str, function: str) -> bool:
        """Whether a call is one of those that the rule counts."""
        return self.action in (ANY, action) and self.product in ("", product) and self.function in ("", function)

    @property
    def fails(self) -> bool:
        """Whether the caller gets no proper answer."""
        return bool(self.code or self.status or self.drop or self.garbled or self.skew_s)


def parse_rules(content: object) -> list[Rule]:
    """Rules from JSON: a list of objects whose keys are those of Rule. Raises ControlError that says what is wrong."""
    listed = content.get("rules") if isinstance(content, dict) else content
    if not isinstance(listed, list):
        raise ControlError("faults are a list of rules")
    return [_rule(entry) for entry in listed]


def _rule(entry: object) -> Rule:
    if not isinstance(entry, dict):
        raise ControlError("a rule is an object")
    _check_types(entry)
    rule = Rule(**entry)
    if rule.when not in _WHEN or rule.drop not in ("", *_WHEN):
        raise ControlError('"when" and "drop" are "before" or "after"')
    if rule.garbled not in ("", *GARBLES):
        raise ControlError(f'"garbled" is one of {", ".join(GARBLES)}')
    if rule.outcome and rule.outcome not in status_codes():
        raise ControlError(f'"outcome" is one of the statuses {", ".join(map(str, sorted(status_codes())))}')
    return rule


def _check_types(entry: Mapping[str, Any]) -> None:
    known = {field.name: type(field.default) for field in fields(Rule)} | {"times": int}
    for name, value in entry.items():
        if name not in known:
            raise ControlError(f'a rule has no key "{name}"; there are {", ".join(known)}')
        fits = _is_number(value) if known[name] is float else isinstance(value, known[name])
        if not fits or isinstance(value, bool) is not (known[name] is bool):
            raise ControlError(f'"{name}" of a rule cannot be {value!r}')


def _is_number(value: object) -> bool:
    """Whether it is a number that can be counted with; JSON, as Python reads it, also has infinite ones and none."""
    return isinstance(value, int | float) and abs(value) <= _LARGEST
