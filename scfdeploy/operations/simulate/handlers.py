"""What functions do with events in a simulation: scripted outcomes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from scfdeploy.config.scenario.definition import SUCCESS, Outcome
from scfdeploy.delivery.driver import REFUSED, Invocation
from scfdeploy.delivery.scripted import AfterFailure, ScriptedHandler
from scfdeploy.delivery.trace import Attempt, TraceStep
from scfdeploy.diagnostics import message
from scfdeploy.report.humanize import plural

Outcomes = Mapping[int, tuple[Outcome, ...]]
"""By item, then per attempt, where the last one repeats; 0 for all other items."""
MessageKey = tuple[str, tuple[int, ...], int]
MAX_MESSAGES = 2000
_ACCEPTED = 200
TIMEOUT_STATUSES = frozenset((433, 450))
"""Statuses of calls that have taken all the time they may."""


class ScriptedFunctions:
    """Answers the k-th attempt of an event of each function with its k-th outcome."""

    def __init__(self, outcomes: Mapping[str, Outcomes], *, duration_ms: int, timeout_ms: int | None = None) -> None:
        """`outcomes` by function. A function without outcomes succeeds."""
        self._outcomes = {
            function: {item: _attempts(listed, duration_ms, timeout_ms) for item, listed in own.items()}
            for function, own in outcomes.items()
        }
        self._default = {0: _attempts(SUCCESS, duration_ms, timeout_ms)}
        self.messages: dict[MessageKey, str] = {}

    def __call__(self, call: Invocation) -> Attempt:
        """The result of one attempt."""
        own = self._outcomes.get(call.function, self._default)
        listed = own.get(call.item) or own[0]
        attempt = listed[call.tries] if call.tries < len(listed) else listed[-1]
        if attempt.error and len(self.messages) < MAX_MESSAGES:
            self.messages[call.function, (call.item,), call.tries] = attempt.error
        return attempt


class ScriptedAcceptance:
    """Refuses the call with an event whose first outcome is a status that callers get as the response.

    As a listener of steps it counts the calls that were refused.
    """

    def __init__(self, outcomes: Outcomes, refused: Collection[int]) -> None:
        """`refused` are those statuses."""
        self._statuses = {
            item: listed[0].status for item, listed in outcomes.items() if item and listed[0].status in refused
        }
        default = outcomes.get(0, SUCCESS)[0].status
        self._accepted = frozenset(outcomes) - self._statuses.keys()
        self._default = default if default in refused else _ACCEPTED
        self._counts: dict[int, int] = {}

    @property
    def refuses_some(self) -> bool:
        """Whether any call can be refused."""
        return bool(self._statuses) or self._default != _ACCEPTED

    def __call__(self, item: int) -> int:
        """The response to the call with an event."""
        return self._statuses.get(item, _ACCEPTED if item in self._accepted else self._default)

    def add(self, step: TraceStep) -> None:
        """Look at one more step of the run."""
        if step.reason == REFUSED:
            self._counts[step.status] = self._counts.get(step.status, 0) + 1

    @property
    def remarks(self) -> Iterator[str]:
        """How many calls were refused, by status."""
        for status, count in self._counts.items():
            calls = plural(count, "{number} call", "{number} calls")
            yield message(
                "{calls} got status {status} at acceptance: no event was created.", calls=calls, status=status
            )


def _attempts(outcomes: Sequence[Outcome], duration_ms: int, timeout_ms: int | None) -> tuple[Attempt, ...]:
    return tuple(
        Attempt(
            outcome.status,
            duration_ms if timeout_ms is None or outcome.status not in TIMEOUT_STATUSES else timeout_ms,
            error=outcome.text,
        )
        for outcome in outcomes
    )


def scripted_batches(outcomes: Outcomes, *, duration_ms: int, after_failure: str) -> ScriptedHandler:
    """A handler of batches."""
    return ScriptedHandler(
        {item: _statuses(listed) for item, listed in outcomes.items() if item},
        default=_statuses(outcomes.get(0, SUCCESS)),
        duration_ms=duration_ms,
        after_failure=AfterFailure(after_failure),
    )


def _statuses(outcomes: Sequence[Outcome]) -> tuple[int, ...]:
    return tuple(outcome.status for outcome in outcomes)
