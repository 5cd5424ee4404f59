"""Compare a run with the `expect` block of its scenario."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from scfdeploy.config.scenario.reader import COUNTS
from scfdeploy.delivery.trace import TraceSummary
from scfdeploy.diagnostics import message

_ENDS = {"dead": "dead-lettered"}
_MAX_ITEMS = 20


def differences(expect: Mapping[str, object], summary: TraceSummary) -> Iterator[str]:
    """What differs, in words."""
    for name, expected in expect.items():
        numbers = _items(name, summary)
        if isinstance(expected, tuple):
            actual: object = tuple(numbers or ())
        else:
            actual = _count(name, summary) if numbers is None else len(numbers)
        if actual != expected:
            yield message(
                "Expected {name} {expected}, but got {actual}.",
                name=name,
                expected=_text(expected),
                actual=_text(actual),
            )


def _items(name: str, summary: TraceSummary) -> list[int] | None:
    """The items that `name` selects; None if it is a count."""
    items = summary.items.values()
    if name == "repeated":
        return [item.number for item in items if item.completions > 1]
    if name in COUNTS:
        return None
    end = _ENDS.get(name, name)
    return sorted(item.number for item in items if item.end == end)


def _count(name: str, summary: TraceSummary) -> int:
    match name:
        case "attempts":
            return sum(item.attempts for item in summary.items.values())
        case "completions":
            return sum(item.completions for item in summary.items.values())
        case "deliveries":
            return sum(delivery.delivered for delivery in summary.deliveries)
        case "splits":
            return summary.splits
        case _:
            return summary.invocations


def _text(value: object) -> str:
    if not isinstance(value, Collection):
        return str(value)
    shown = ", ".join(map(str, list(value)[:_MAX_ITEMS]))
    return f"[{shown}, …]" if len(value) > _MAX_ITEMS else f"[{shown}]"
