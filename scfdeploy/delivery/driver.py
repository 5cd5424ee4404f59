"""Runs asynchronous events of one or several functions on a virtual clock.

Steps come in the order of time. What follows from an event at the same time follows at once, then comes the next event:
arrivals first, then what was scheduled, in the order in which it was scheduled.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from scfdeploy.delivery.core import (
    Accepted,
    AsyncProfile,
    Completed,
    Deliver,
    Delivered,
    Due,
    End,
    Ended,
    EventState,
    Input,
    Invoke,
    Phase,
    Reason,
    Wake,
    step,
)
from scfdeploy.delivery.envelopes import EventResult, Message
from scfdeploy.delivery.platform import FUNCTION_SERVICES, Decision, Destination
from scfdeploy.delivery.trace import REPEAT, RETRY, Attempt, DeliveryKind, Handler, StepKind, TraceStep
from scfdeploy.facts import delivery_value

START_MS = 1_795_831_200_000
"""The start of a run in messages: 2026-11-28T10:00:00+08:00, always, so that the same input gives the same text."""
REFUSED = "Refused"
"""The reason of a result without an attempt: the call itself got the status, and there is no event."""
LOOP_STOPPED = "LoopStopped"
"""The reason of an event that waits for ever, because its functions invoke each other in a loop."""
MESSAGE_TOO_LARGE = "MessageTooLarge"
"""The reason of a delivery whose message exceeds the limit of the destination."""
_ACCEPTED, _TOO_LARGE = 200, 413
_NONE: tuple[str, ...] = ()
_NO_ATTEMPT = Attempt(0)
_WAITING = Phase.WAITING
_INVOKE, _RESULT, _DELIVER, _END = StepKind.INVOKE, StepKind.RESULT, StepKind.DELIVER, StepKind.END


class Invocation(NamedTuple):
    """One call of a function."""

    function: str
    item: int
    """The event."""
    tries: int
    """Earlier attempts of the event."""
    at: int
    payload: str
    """The text of the event."""


EventHandler = Callable[[Invocation], Attempt]
"""Runs an attempt of an event of any function of the run."""


Acceptance = Callable[[int], int]
"""`acceptance(item)` is the status that the call with an event gets as its response; 200 accepts the event."""

Destinations = Callable[[str, DeliveryKind, tuple[int, ...], int, int, int], tuple[int, str]]
"""`destinations(destination, kind, items, body_size, tries, at)` answers a try with a status and an error.

The destination is spelled as in the profile. A status from 200 to 299 accepts the message. An empty error stands for
the status.
"""


def handle_items(handler: Handler) -> EventHandler:
    """Use a handler of items for the events of all functions."""
    return lambda call: handler((call.item,), call.tries, call.at)


def accept_all(
    _destination: str, _kind: DeliveryKind, _items: tuple[int, ...], _body_size: int, _tries: int, _at: int
) -> tuple[int, str]:
    """Destinations that accept every message."""
    return 200, ""


def accept_every_event(_item: int) -> int:
    """A platform that accepts every call."""
    return _ACCEPTED


def simulate_events(
    functions: Mapping[str, AsyncProfile],
    first: str,
    arrivals: Sequence[int],
    handler: EventHandler,
    destinations: Destinations = accept_all,
    *,
    payload: Callable[[int], str] = '{{"id": {}}}'.format,
    start_ms: int = START_MS,
    acceptance: Acceptance = accept_every_event,
) -> Iterator[TraceStep]:
    """Yield everything that happens to the events that arrive at the function `first`, until all have ended.

    `arrivals` are times, ascending. Events are numbered from 1 in their order; those that begin because a destination
    is a function of the run (`function://NAME`) follow, in the order of their beginning. `payload(item)` is the text
    of an event; one that a destination began has the message as its text. A call that is refused at acceptance has one
    step, a result with the reason `REFUSED`; its number stays unused.

    A function that invokes itself through destinations, directly or by others, is not invoked again when the chain
    of events has had 16 invocations: the event that waits for it ends as `waiting`, with the reason `LOOP_STOPPED` and
    the functions of the loop.

    A destination is tried once, unless the profile says otherwise. A message over its limit gets the status 413.
    """
    return _Run(functions, handler, destinations, payload, start_ms).steps(first, arrivals, acceptance)


class _Event:
    """An event that has not ended."""

    __slots__ = ("attempt", "before", "function", "items", "number", "path", "payload", "profile", "root", "state")

    def __init__(
        self,
        number: int,
        function: str,
        profile: AsyncProfile,
        *,
        root: int,
        path: tuple[str, ...] = (),
        before: int = 0,
        payload: str | None = None,
    ) -> None:
        self.number = number
        self.items = (number,)
        """What the steps of the event name."""
        self.root = root
        """The event of the source that led to this one, or this one."""
        self.function = function
        self.profile = profile
        self.path = path
        """The functions whose events led to this one."""
        self.before = before
        """Their invocations."""
        self.payload = payload
        """The text of the event; None until it is needed."""
        self.state: EventState | None = None
        self.attempt = _NO_ATTEMPT


class _Route(NamedTuple):
    """A destination of a function."""

    name: str
    service: str
    limit: int | None
    """The most bytes of a message."""
    assumed: tuple[str, ...]
    """The assumed values behind the limit."""


def _route(profile: AsyncProfile, effect: Deliver) -> _Route:
    destination = Destination.parse(effect.destination)
    service = profile.platform.service(effect.kind, destination)
    limit, assumed = profile.limits.get(destination.name), _NONE
    if limit is None:
        limit, assumed = profile.platform.message_limit(service), profile.assumed_for(Decision.SIZE)
    return _Route(destination.name, service, limit, assumed)


class _Delivery(NamedTuple):
    """A message on its way. It has had `tries` tries."""

    effect: Deliver
    route: _Route
    message: Message
    size: int
    first_at: int
    at: int
    tries: int


_Entry = Input | _Delivery


class _Run:
    def __init__(
        self,
        functions: Mapping[str, AsyncProfile],
        handler: EventHandler,
        destinations: Destinations,
        payload: Callable[[int], str],
        start_ms: int,
    ) -> None:
        self._functions = functions
        self._handler = handler
        self._destinations = destinations
        self._payload = payload
        self._start_ms = start_ms
        self._loop_invocations = delivery_value("simulation", "loop.invocations")
        self._unfinished = dict.fromkeys(functions, 0)
        self._heap: list[tuple[int, int, _Event, _Entry]] = []
        self._sequence = 0
        self._routes: dict[tuple[str, DeliveryKind], _Route] = {}
        self._assumed: dict[tuple[str, int], tuple[str, ...]] = {}
        """The assumed values behind the pause before a retry, by function and number of the retry."""
        self._next: deque[tuple[_Event, _Entry]] = deque()
        """What follows at the present time."""
        self._steps: list[TraceStep] = []
        self._last = 0

    def steps(self, first: str, arrivals: Sequence[int], acceptance: Acceptance) -> Iterator[TraceStep]:
        profile = self._functions[first]
        heap, following, steps = self._heap, self._next, self._steps
        self._last = count = len(arrivals)
        index = 0
        while index < count or heap:
            if index < count and (not heap or arrivals[index] <= heap[0][0]):
                index += 1
                status = acceptance(index)
                if status == _ACCEPTED:
                    self._accept(_Event(index, first, profile, root=index), arrivals[index - 1])
                else:
                    steps.append(
                        TraceStep(arrivals[index - 1], _RESULT, (index,), first, status=status, reason=REFUSED)
                    )
            else:
                _, _, event, entry = heapq.heappop(heap)
                self._feed(event, entry)
            while following:
                self._feed(*following.popleft())
            yield from steps
            steps.clear()

    def _accept(self, event: _Event, at: int) -> None:
        unfinished = self._unfinished[event.function]
        self._unfinished[event.function] = unfinished + 1
        self._schedule(event, Accepted(at, unfinished), at)

    def _schedule(self, event: _Event, entry: _Entry, now: int) -> None:
        if entry.at <= now:
            self._next.append((event, entry))
        else:
            self._sequence += 1
            heapq.heappush(self._heap, (entry.at, self._sequence, event, entry))

    def _feed(self, event: _Event, entry: _Entry) -> None:
        kind = type(entry)
        if kind is _Delivery:
            self._try(event, cast(_Delivery, entry))
            return
        entry = cast(Input, entry)
        if kind is Due and event.path and self._stops_loop(event, entry.at):
            return
        at = entry.at
        event.state, effects = step(event.profile, event.state, entry)
        if kind is Completed:
            self._show_result(event, event.state, at)
        for effect in effects:
            if type(effect) is Wake:
                self._schedule(event, Due(effect.at), at)
            elif type(effect) is Invoke:
                self._invoke(event, effect.attempt - 1, at)
            elif type(effect) is Deliver:
                self._deliver(event, event.state, effect, at)
            elif type(effect) is Ended:
                self._unfinished[event.function] -= 1
                assumed = _assumed_at_end(event.profile, effect.reason) if effect.reason else _NONE
                self._steps.append(
                    TraceStep(at, _END, event.items, end=effect.end, reason=effect.reason, assumed=assumed)
                )

    def _invoke(self, event: _Event, tries: int, at: int) -> None:
        if event.payload is None:
            event.payload = self._payload(event.number)
        self._steps.append(TraceStep(at, _INVOKE, event.items, event.function, tries))
        attempt = self._handler(Invocation(event.function, event.number, tries, at, event.payload))
        event.attempt = attempt
        self._schedule(event, Completed(at + attempt.duration_ms, attempt.status), at)

    def _show_result(self, event: _Event, state: EventState, at: int) -> None:
        attempt = event.attempt
        items = event.items
        completed = attempt.completed or (items if state.end is End.FINISHED else ())
        reason, next_at, retry, assumed = state.reason, None, 0, _NONE
        if state.phase is _WAITING:
            next_at = state.due_at
            if state.is_retry:
                reason, retry = RETRY, state.retries + 1
                assumed = self._assumed_for_retry(event, retry)
            else:
                reason, assumed = REPEAT, event.profile.assumed_for(Decision.REPEAT)
        self._steps.append(
            TraceStep(
                at,
                _RESULT,
                items,
                event.function,
                state.attempts - 1,
                attempt.status,
                completed,
                reason=reason,
                next_at=next_at,
                retry=retry,
                assumed=assumed,
            )
        )

    def _assumed_for_retry(self, event: _Event, number: int) -> tuple[str, ...]:
        key = (event.function, number)
        assumed = self._assumed.get(key)
        if assumed is None:
            assumed = self._assumed[key] = event.profile.assumed_for_retry(number)
        return assumed

    def _stops_loop(self, event: _Event, at: int) -> bool:
        """End an event of a loop instead of invoking its function once more."""
        if event.state is None or event.before + event.state.attempts < self._loop_invocations:
            return False
        path = (*event.path, event.function)
        if len(set(path)) == len(path):
            return False
        self._unfinished[event.function] -= 1
        start = next((at for at, name in enumerate(path) if path.count(name) > 1), 0)
        self._steps.append(
            TraceStep(
                at,
                _END,
                event.items,
                event.function,
                end="waiting",
                reason=LOOP_STOPPED,
                loop=tuple(dict.fromkeys(path[start:])),
                assumed=("simulation.loop.invocations",),
            )
        )
        return True

    def _deliver(self, event: _Event, state: EventState, effect: Deliver, at: int) -> None:
        route = self._routes.get((event.function, effect.kind))
        if route is None:
            route = self._routes[event.function, effect.kind] = _route(event.profile, effect)
        result = EventResult(
            f"{event.number:08x}-0000-4000-8000-000000000000",
            event.function,
            self._payload_in_message(event),
            state.attempts,
            state.retries,
            event.attempt.status,
            effect.reason,
            event.attempt.result,
            event.attempt.error,
            self._start_ms + state.accepted_at,
            self._start_ms + at,
            event.profile.max_age_ms,
        )
        message = event.profile.platform.write(route.name, route.service, effect.kind, result)
        body = message.body
        size = len(body) if body.isascii() else len(body.encode("utf-8", "surrogatepass"))
        self._try(event, _Delivery(effect, route, message, size, at, at, 0))

    def _payload_in_message(self, event: _Event) -> str:
        """The text of an event as messages show it.

        In a loop it is the text of the first event, not the message that began this one: each turn would double it,
        because text inside of text is escaped, and a size limit would end the loop before the run shows it.
        """
        if event.payload is None or event.function in event.path:
            return self._payload(event.root)
        return event.payload

    def _try(self, event: _Event, delivery: _Delivery) -> None:
        effect, profile, at = delivery.effect, event.profile, delivery.at
        items = event.items
        assumed = _NONE
        if delivery.route.limit is not None and delivery.size > delivery.route.limit:
            status, error, assumed = _TOO_LARGE, MESSAGE_TOO_LARGE, delivery.route.assumed
        else:
            status, error = self._destinations(
                effect.destination, effect.kind, items, delivery.size, delivery.tries, at
            )
        is_accepted = 200 <= status < 300
        reason = "" if is_accepted else error or str(status)
        next_at = None
        if not is_accepted and profile.delivery_retry is not None:
            next_at = profile.delivery_retry.next_at(status, delivery.tries + 1, delivery.first_at, at)
        begun = self._start(event, delivery) if is_accepted else None
        self._steps.append(
            TraceStep(
                at,
                _DELIVER,
                items,
                event.function,
                delivery.tries,
                status,
                destination=effect.destination,
                delivery=effect.kind,
                body=delivery.message.body,
                reason=reason,
                next_at=next_at,
                started=begun.number if begun is not None else 0,
                assumed=assumed,
                attributes=delivery.message.attributes,
            )
        )
        if next_at is not None:
            self._schedule(event, delivery._replace(at=next_at, tries=delivery.tries + 1), at)
        elif effect.kind is not DeliveryKind.SUCCESS:
            self._schedule(event, Delivered(at, reason), at)
        if begun is not None:
            self._accept(begun, at)

    def _start(self, event: _Event, delivery: _Delivery) -> _Event | None:
        """The event that a destination begins, when it is a function of the run."""
        profile = self._functions.get(delivery.route.name)
        if profile is None or delivery.route.service not in FUNCTION_SERVICES:
            return None
        self._last += 1
        attempts = event.state.attempts if event.state is not None else 0
        return _Event(
            self._last,
            delivery.route.name,
            profile,
            root=event.root,
            path=(*event.path, event.function),
            before=event.before + attempts,
            payload=delivery.message.body,
        )


def _assumed_at_end(profile: AsyncProfile, reason: str) -> tuple[str, ...]:
    if reason == Reason.QUEUE_FULL:
        return profile.assumed_for(Decision.QUEUE_FULL)
    if reason == Reason.EVENT_AGE_EXCEEDED and profile.max_age_ms == profile.platform.max_age_ms.default:
        return profile.assumed_for(Decision.MAX_AGE)
    return _NONE
