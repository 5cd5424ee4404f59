"""Fault rules and how they are read from JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from scfdeploy.emulator.faults.effect import GARBLES
from scfdeploy.emulator.messages import ControlError
from scfdeploy.facts.errors import status_codes

ANY = "*"
_WHEN = ("before", "after")
_MAX_NUMBER = 1e9


@dataclass(frozen=True, slots=True)
class Rule:
    """Selects calls and says what happens to them.

    `skip`, `times` and `nth` count calls as they arrive. Random draws depend on `seed`, on the content of a call and on
    the number of identical calls, not on the order. Seconds are those of the server's clock, but for `latency_s`.
    """

    action: str = ANY
    """The name of an action of the API or of COS (`PutObject`), or `*`."""
    product: str = ""
    """Only calls of this product."""
    function: str = ""
    """Only calls that name this function."""
    times: int | None = None
    """The number of calls to hit after the first `skip`; all by default."""
    skip: int = 0
    """The number of matching calls that pass first."""
    nth: int = 0
    """Hit this matching call alone, counted from 1."""
    probability: float = 1.0
    """The share of the matching calls to hit, 0 to 1."""
    seed: int = 0
    """Decides which calls these are: the same ones for the same seed."""
    latency_s: float = 0.0
    """Wait before the call."""
    code: str = ""
    """Respond with this API error."""
    message: str = "A fault that was asked for."
    """The text of the error."""
    status: int = 0
    """Respond with this HTTP status."""
    when: str = "before"
    """Fail "before" or "after" the call takes effect."""
    drop: str = ""
    """Drop the connection "before" or "after" the call takes effect."""
    garbled: str = ""
    """After the call took effect, change the response: `cut`, `half`, `empty`, `page` or `content-type`."""
    skew_s: float = 0.0
    """Check the signature's time with the server's clock this far ahead of the client's; behind if negative."""
    async_failure: str = ""
    """The operation that the call starts ends in the failed state, with this reason."""
    stuck: bool = False
    """The operation that the call starts never ends."""
    late_tags_s: float = 0.0
    """The tags that the call writes become visible after this time."""
    stale_s: float = 0.0
    """Reads do not see the call for this time."""
    outcome: int = 0
    """Replace the run of a function by this invocation status, `when` "before" or "after" the function ran.

    Such a rule counts attempts instead of API calls.
    """
    attempt: int = 0
    """Only attempts with this number; 0 for all."""
    event: str = ""
    """Only attempts whose event text contains this."""
    destination: str = ""
    """With `deny`, only this queue or topic."""
    deny: bool = False
    """Functions may not send to queues and topics."""

    def matches(self, action: str, product: str, function: str) -> bool:
        """Whether the rule counts a call."""
        return self.action in (ANY, action) and self.product in ("", product) and self.function in ("", function)

    @property
    def fails(self) -> bool:
        """Whether the caller gets no proper response."""
        return bool(self.code or self.status or self.drop or self.garbled or self.skew_s)


def parse_rules(content: object) -> list[Rule]:
    """Rules from JSON: a list of objects whose keys are those of Rule. Raises ControlError."""
    entries = content.get("rules") if isinstance(content, dict) else content
    if not isinstance(entries, list):
        raise ControlError("faults are a list of rules")
    return [_parse_rule(entry) for entry in entries]


def _parse_rule(entry: object) -> Rule:
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
    types = {field.name: type(field.default) for field in fields(Rule)} | {"times": int}
    for name, value in entry.items():
        if name not in types:
            raise ControlError(f'a rule has no key "{name}"; the keys are {", ".join(types)}')
        # Python's JSON also reads NaN and infinite numbers.
        is_number = isinstance(value, int | float) and abs(value) <= _MAX_NUMBER
        fits = is_number if types[name] is float else isinstance(value, types[name])
        if not fits or isinstance(value, bool) is not (types[name] is bool):
            raise ControlError(f'"{name}" of a rule cannot be {value!r}')
