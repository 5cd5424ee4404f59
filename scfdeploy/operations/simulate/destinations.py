"""How destinations answer deliveries: by the scenario, and by the size limits of the platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scfdeploy.config.scenario import DestinationRules
from scfdeploy.delivery.trace import DeliveryKind
from scfdeploy.diagnostics import message

_ACCEPTED = 200
_TOO_LARGE = 413
_NO_RULES = DestinationRules()


class DestinationAnswers:
    """Answers each delivery with a status and, if it is refused, the reason."""

    def __init__(self, rules: Mapping[str, DestinationRules], limits: Mapping[str, tuple[int, bool]]) -> None:
        """`limits` has the most bytes of a message by destination, and whether that number is assumed."""
        self._rules = rules
        self._limits = limits
        self.used_assumed_limit = False

    def __call__(
        self, destination: str, _kind: DeliveryKind, _items: tuple[int, ...], size: int, tries: int, _at: int
    ) -> tuple[int, str]:
        """The answer to one try of a delivery."""
        rules = self._rules.get(destination, _NO_RULES)
        limit, is_assumed = self._limits.get(destination, (0, False))
        if rules.limit_bytes is not None:
            limit, is_assumed = rules.limit_bytes, False
        if limit and size > limit:
            self.used_assumed_limit |= is_assumed
            text = message("{size} bytes exceed the limit of {limit} bytes", size=f"{size:,}", limit=f"{limit:,}")
            return _TOO_LARGE, f"{text} {message('(assumed)')}" if is_assumed else text
        status = _answer(rules.answers, tries)
        return status, "" if 200 <= status < 300 else _reason(status)


def _answer(answers: Sequence[int], tries: int) -> int:
    """The answer to a try; the last one repeats."""
    return answers[min(tries, len(answers) - 1)] if answers else _ACCEPTED


def _reason(status: int) -> str:
    match status:
        case 401 | 403:
            return message("permission denied")
        case 404:
            return message("queue not found")
        case _:
            return message("status {status}", status=status)
