"""The JSON document of a simulation, and its steps as lines of JSON. Both are written in parts: runs can be long."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from math import isfinite
from typing import Any

from scfdeploy.delivery.envelopes import texts_of_dead_letter
from scfdeploy.delivery.trace import Delivery, ItemSummary, StepKind, TraceStep
from scfdeploy.report.document import head
from scfdeploy.report.humanize import byte_count
from scfdeploy.report.terminal import escape_json
from scfdeploy.results.simulation import Simulated, SimulatedRun

_INVOKE, _RESULT, _SPLIT, _DELIVER, _END = StepKind
_MAX_TEXTS = 1000
_ENCODER = json.JSONEncoder(ensure_ascii=False)
_PART = 1000
"""Items in one part of a document."""


def document_parts(result: Simulated, clean: Callable[[Any], Any]) -> Iterator[str]:
    """The document as lines of text. `clean` removes secrets from JSON data."""
    keys = clean(head("simulate", result))
    yield "{\n" + "\n".join(f"  {_json(name)}: {_json(value)}," for name, value in keys.items()) + '\n  "runs": ['
    for index, run in enumerate(result.runs):
        yield from _run_parts(run, clean, is_last=index == len(result.runs) - 1)
    idempotency = result.idempotency
    if idempotency is None:
        yield "  ]\n}"
        return
    found = {
        "runs": idempotency.runs,
        "faults": list(idempotency.faults),
        "expected": idempotency.expected,
        "actual": idempotency.actual,
    }
    yield f'  ],\n  "idempotency": {_json(clean(found))}\n}}'


def _run_parts(run: SimulatedRun, clean: Callable[[Any], Any], *, is_last: bool) -> Iterator[str]:
    start = {"platform": run.platform, "function": run.function, "invocations": run.summary.invocations}
    yield (
        "    {" + ", ".join(f"{_json(name)}: {_json(value)}" for name, value in clean(start).items()) + ', "events": ['
    )
    yield from _list_parts(map(_event, run.summary.items.values()))
    yield '    ], "deliveries": ['
    yield from _list_parts(map(_DeliveryTexts(clean).text, run.summary.deliveries))
    rest = {
        "metrics": dict(run.metrics),
        "assumed": list(run.assumed),
        "remarks": list(run.remarks),
        "splits": run.summary.splits,
        "loop": list(run.loop),
        "faults": list(run.faults),
        "differences": list(run.differences),
    }
    yield (
        "    ], "
        + ", ".join(f"{_json(name)}: {_json(value)}" for name, value in clean(rest).items())
        + ("}" if is_last else "},")
    )


def _list_parts(elements: Iterator[str]) -> Iterator[str]:
    """The elements of a list as JSON, several in one part."""
    following = list(islice(elements, _PART))
    while following:
        current, following = following, list(islice(elements, _PART))
        yield "    " + ",\n    ".join(current) + ("," if following else "")


class _JsonTexts(dict[str, str]):
    """Texts as JSON without secrets, `null` for an empty one.

    There are few different ones, and most of them are kept.
    """

    def __init__(self, clean: Callable[[str], str]) -> None:
        super().__init__({"": "null"})
        self._clean = clean

    def __missing__(self, text: str) -> str:
        written = _json(self._clean(text))
        if len(self) < _MAX_TEXTS:
            self[text] = written
        return written


class StepLines:
    """Writes steps as lines of JSON. Runs have millions of them, so the lines are put together by hand."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        """`clean` removes secrets from a text."""
        self._texts = _JsonTexts(clean)

    def line(self, platform: str, item: str, step: TraceStep) -> str:
        """One step. `item` is what is numbered: messages of queues and topics reach a handler as its records."""
        items = "events" if item == "event" else "records"
        kind = step.kind
        # Compared by identity: matching patterns takes several times as long.
        is_answered = kind is _RESULT or kind is _DELIVER
        tries = step.tries if is_answered or kind is _INVOKE else "null"
        status = step.status if is_answered else "null"
        completed = list(step.completed) if step.completed else "[]"
        texts = self._texts
        text = (
            f'{{"platform": "{platform}", "t": {step.t}, "kind": "{kind}", "{items}": {list(step.items)}, '
            f'"tries": {tries}, "status": {status}, "completed": {completed}, '
            f'"destination": {texts[step.destination]}, "reason": {texts[step.reason]}'
        )
        if step.function:
            text += f', "function": {texts[step.function]}'
        if kind is _DELIVER:
            text += f', "delivery": "{step.delivery}", "bytes": {byte_count(step.body)}'
        elif kind is _END:
            text += f', "end": "{step.end}"'
        elif kind is _SPLIT:
            text += f', "parts": {[list(part) for part in step.parts]}'
        return text + "}"


def _event(item: ItemSummary) -> str:
    """An event as JSON, put together by hand like the lines of steps."""
    return (
        f'{{"id": {item.number}, "attempts": {item.attempts}, "attemptsAtMs": {item.attempts_at}, '
        f'"completions": {item.completions}, "end": {_word(item.end)}, '
        f'"reason": {_word(item.reason) if item.reason else "null"}, "endedAtMs": {item.ended_at}}}'
    )


@lru_cache(maxsize=100)
def _word(text: str) -> str:
    """An end or a reason as JSON."""
    return _json(text)


class _DeliveryTexts:
    """Writes deliveries as JSON, by hand like the lines of steps."""

    def __init__(self, clean: Callable[[Any], Any]) -> None:
        """`clean` removes secrets from JSON data."""
        self._clean = clean
        self._texts = _JsonTexts(clean)
        self._harmless: set[str] = set()
        """Some texts without a secret."""

    def text(self, delivery: Delivery) -> str:
        """One delivery."""
        is_delivered = "true" if delivery.delivered else "false"
        return (
            f'{{"destination": {self._texts[delivery.destination]}, "kind": "{delivery.kind.value}", '
            f'"atMs": {delivery.at}, "tries": {delivery.tries}, "delivered": {is_delivered}, '
            f'"body": {self._body(delivery.body)}, "events": {list(delivery.items)}, '
            f'"error": {self._texts[delivery.error]}}}'
        )

    def _body(self, text: str) -> str:
        texts = texts_of_dead_letter(text)
        if texts is None:
            return self._parsed(text)
        for part in texts:
            if part not in self._harmless and not self._is_harmless(part):
                return self._parsed(text)
        return _escaped(text)

    def _parsed(self, text: str) -> str:
        """The message, as data where it is JSON that is not nested too deeply to be cleaned."""
        try:
            data = json.loads(text, parse_float=_finite, parse_constant=lambda _: None)
            # With its key, so that `clean` takes no word of the message for one that this program compares.
            body = self._clean({"body": data})["body"]
        except (ValueError, RecursionError):
            body = self._clean(text)
        return _json(body)

    def _is_harmless(self, text: str) -> bool:
        """Whether a text has no secret. Most texts are the same in all messages."""
        if self._clean(text) != text:
            return False
        if len(self._harmless) < _MAX_TEXTS:
            self._harmless.add(text)
        return True


def _finite(text: str) -> float | None:
    """The number, or null for an infinite one such as 1e999, which JSON cannot write."""
    number = float(text)
    return number if isfinite(number) else None


def _json(value: object) -> str:
    return _escaped(_ENCODER.encode(value))


def _escaped(text: str) -> str:
    return text if text.isascii() and "\x7f" not in text else escape_json(text)
