"""Values that no source gives, in words: a report names those that decided something."""

from __future__ import annotations

from collections.abc import Iterable

from scfdeploy.delivery.profiles.queue_source import RETURN
from scfdeploy.delivery.trace import REPEAT, RETRY, StepKind, TraceStep
from scfdeploy.diagnostics import message
from scfdeploy.facts import delivery_value

_TEXTS = {
    "scf.interval.starts_at_attempt_end": "retry interval counted from the end of the failed attempt",
    "scf.queue.rejects_newest": "the newest event is rejected when the queue is full",
    "scf.queue.message_max_bytes": "CMQ message limit of {value} bytes",
    "functiongraph.interval_ms": "retry interval of {seconds} s",
    "functiongraph.max_age.default_ms": "validity of {seconds} s",
    "function_compute.interval.first_ms": "first retry after {seconds} s, then twice as long each time",
    "lambda_async.interval.first_ms": "first retry after {seconds} s",
    "lambda_async.interval.next_ms": "second retry after {seconds} s",
    "lambda_async.repeat.factor": "pauses after throttles and system errors double",
    "simulation.loop.invocations": "a loop is stopped after {value} invocations",
    "stream_source.backoff_ms": "stream back-off of {seconds} s",
    "ckafka.backoff.first_ms": "CKafka back-off of {seconds} s, twice as long each time, up to 60 s",
    "queue_source.visibility.default_ms": "visibility timeout of {seconds} s",
    "queue_source.max_receive.default": "at most {value} receives",
}
"""Templates for `message`."""


def in_words(names: Iterable[str]) -> tuple[str, ...]:
    """The text of assumed values, each given as `profile.name` of tables/delivery.tsv; each text once."""
    return tuple(dict.fromkeys(map(_text, names)))


def _text(name: str) -> str:
    value = delivery_value(*name.split(".", 1))
    seconds = f"{value // 1000:,}" if value % 1000 == 0 else f"{value / 1000:g}"
    return message(_TEXTS.get(name, name), value=f"{value:,}", seconds=seconds)


class BatchReasons:
    """Why calls of a source of batches were followed by others."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def add(self, step: TraceStep) -> None:
        """Look at one more step."""
        if step.kind is StepKind.RESULT and step.reason:
            self.seen.add(step.reason)

    @property
    def has_pause(self) -> bool:
        """Whether items waited before they were tried again."""
        return bool(self.seen & {RETRY, REPEAT})

    @property
    def has_repeat(self) -> bool:
        """Whether items were tried again after an overrun or system error."""
        return REPEAT in self.seen

    @property
    def has_return(self) -> bool:
        """Whether messages became visible again."""
        return RETURN in self.seen
