"""How destinations answer deliveries, by the scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scfdeploy.config.scenario import DestinationRules
from scfdeploy.delivery.driver import MESSAGE_TOO_LARGE
from scfdeploy.delivery.platform import Destination
from scfdeploy.delivery.trace import DeliveryKind
from scfdeploy.diagnostics import message

_ACCEPTED = 200
_TOO_LARGE = 413
_NO_RULES = DestinationRules()


class DestinationAnswers:
    """Answers each delivery with a status and, if it is refused, the reason."""

    def __init__(self, rules: Mapping[str, DestinationRules], platform: str) -> None:
        """`rules` by the name of a destination."""
        self._rules = rules
        self._by_destination: dict[str, DestinationRules] = {}
        self._platform = platform

    def __call__(
        self, destination: str, _kind: DeliveryKind, _items: tuple[int, ...], size: int, tries: int, _at: int
    ) -> tuple[int, str]:
        """The answer to one try of a delivery."""
        rules = self._by_destination.get(destination)
        if rules is None:
            rules = self._rules.get(Destination.parse(destination).name, _NO_RULES)
            self._by_destination[destination] = rules
        if rules is _NO_RULES:
            return _ACCEPTED, ""
        if rules.limit_bytes is not None and size > rules.limit_bytes:
            return _TOO_LARGE, MESSAGE_TOO_LARGE
        status = _answer(rules.answers, tries)
        return status, "" if 200 <= status < 300 else _reason(status, self._platform)


def _answer(answers: Sequence[int], tries: int) -> int:
    """The answer to a try; the last one repeats."""
    return answers[min(tries, len(answers) - 1)] if answers else _ACCEPTED


def _reason(status: int, platform: str) -> str:
    match status, platform:
        case 401 | 403, "functiongraph":
            return message("insufficient permissions; set an agency")
        case 401 | 403, _:
            return message("permission denied")
        case 404, "scf":
            return message("queue not found")
        case 404, _:
            return message("destination not found")
        case _:
            return message("status {status}", status=status)
