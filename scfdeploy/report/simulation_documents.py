"""The JSON document of a simulation, and its steps as lines of JSON. Both are written in parts: runs can be long."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from scfdeploy.delivery.trace import Delivery, ItemSummary, StepKind, TraceStep
from scfdeploy.report.document import head
from scfdeploy.report.terminal import escape_json
from scfdeploy.report.values import Document
from scfdeploy.results.simulation import Simulated, SimulatedRun

if TYPE_CHECKING:
    from scfdeploy.report.text import RenderedOutput, TextStyle
    from scfdeploy.results import Result

_TRIED = frozenset((StepKind.INVOKE, StepKind.RESULT, StepKind.DELIVER))
_ANSWERED = frozenset((StepKind.RESULT, StepKind.DELIVER))
_MAX_TEXTS = 1000
_ENCODER = json.JSONEncoder(ensure_ascii=False)
_PART = 1000
"""Items in one part of a document."""


def render_steps(result: Result, style: TextStyle) -> RenderedOutput:
    """Findings and errors for stderr; the steps themselves were written while the simulation ran."""
    from scfdeploy.report.text import RenderedOutput, render_output

    return RenderedOutput("", render_output(result, style).err)


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
    yield from _list_parts(_json(clean(_delivery(delivery))) for delivery in run.summary.deliveries)
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


class StepLines:
    """Writes steps as lines of JSON. Runs have millions of them, so the lines are put together by hand."""

    def __init__(self, clean: Callable[[str], str]) -> None:
        """`clean` removes secrets from a text."""
        self._clean = clean
        self._texts: dict[str, str] = {"": "null"}

    def line(self, platform: str, item: str, step: TraceStep) -> str:
        """One step. `item` is what is numbered: messages of queues and topics reach a handler as its records."""
        items = "events" if item == "event" else "records"
        kind = step.kind
        tries = step.tries if kind in _TRIED else "null"
        status = step.status if kind in _ANSWERED else "null"
        destination = self._text(step.destination)
        text = (
            f'{{"platform": "{platform}", "t": {step.t}, "kind": "{kind.value}", "{items}": {list(step.items)}, '
            f'"tries": {tries}, "status": {status}, "completed": {list(step.completed)}, '
            f'"destination": {destination}, "reason": {self._text(step.reason)}'
        )
        if step.function:
            text += f', "function": {self._text(step.function)}'
        match kind:
            case StepKind.SPLIT:
                text += f', "parts": {[list(part) for part in step.parts]}'
            case StepKind.DELIVER:
                body = step.body
                size = len(body) if body.isascii() else len(body.encode("utf-8", "surrogatepass"))
                text += f', "delivery": {_json(step.delivery)}, "bytes": {size}'
            case StepKind.END:
                text += f', "end": "{step.end}"'
        return text + "}"

    def _text(self, text: str) -> str:
        """A text as JSON; there are few different ones."""
        known = self._texts.get(text)
        if known is None:
            known = _json(self._clean(text))
            if len(self._texts) < _MAX_TEXTS:
                self._texts[text] = known
        return known


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


def _delivery(delivery: Delivery) -> Document:
    return {
        "destination": delivery.destination,
        "kind": delivery.kind.value,
        "atMs": delivery.at,
        "tries": delivery.tries,
        "delivered": delivery.delivered,
        "body": _body(delivery.body),
        "events": list(delivery.items),
        "error": delivery.error or None,
    }


def _body(text: str) -> object:
    """The message, parsed where it is JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _json(value: object) -> str:
    text = _ENCODER.encode(value)
    return text if text.isascii() and "\x7f" not in text else escape_json(text)
