"""Runs asynchronous events: feeds attempts, deliveries and the time into `delivery.core` and stores every step.

Two ways to run. In real time a thread starts each attempt when it is due. When the clock is advanced, attempts run one
after the other, each at its due time, while the clock is held.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from scfdeploy.delivery.core import (
    Accepted,
    Cancelled,
    Completed,
    Deliver,
    Delivered,
    Due,
    Effect,
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
from scfdeploy.emulator.faults import ForcedOutcome
from scfdeploy.emulator.scf.events.attempt import AttemptResult, record_interrupted, replaced_attempt, run_attempt
from scfdeploy.emulator.scf.events.dead_letters import deliver
from scfdeploy.emulator.scf.events.firing import Firing, Timers
from scfdeploy.emulator.scf.events.profile import profile_of
from scfdeploy.emulator.scf.invocations import status_name
from scfdeploy.emulator.scf.records.requests import end_interrupted
from scfdeploy.emulator.store import StoredEvent, TimelineStep

if TYPE_CHECKING:
    from scfdeploy.emulator.app import EmulatorApp

_INTERRUPTED = 500
_AT_ONCE = 16
_BATCH = 500


@dataclass(slots=True)
class Progress:
    """What happened while time was advanced: attempts made, and events by their end."""

    ran: int = 0
    ends: dict[str, int] = field(default_factory=dict)

    def count(self, end: End) -> None:
        """Count an event that ended."""
        self.ends[end.value] = self.ends.get(end.value, 0) + 1


class _Run(NamedTuple):
    """An attempt under way."""

    event: StoredEvent
    forced: ForcedOutcome | None
    is_retry: bool


class EventEngine:
    """The asynchronous events of one server."""

    def __init__(self, app: EmulatorApp) -> None:
        self._app = app
        self._changed = threading.Condition()
        self._stepping = threading.RLock()
        self._running = 0
        self._stopped = True
        self._thread: threading.Thread | None = None
        self._timers = Timers(app)

    @property
    def _fires_in_real_time(self) -> bool:
        return self._thread is not None and self._app.settings.triggers is True

    def start(self, *, in_real_time: bool) -> None:
        """Recover events whose attempt was cut off, and, in real time, begin to run what is due."""
        self._recover()
        if not in_real_time:
            return
        self._stopped = False
        self._timers.skip_to(self._now_ms())
        self._thread = threading.Thread(target=self._serve, name="scfdeploy-events", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Start nothing more. Attempts under way go on."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def store(self, event: StoredEvent) -> None:
        """Accept an event, whose state is ignored. Inside `Store.exclusive`; `wake` follows outside of it."""
        at = self._now_ms()
        unfinished = self._app.store.events.unfinished(event.function)
        state, effects = step(profile_of(event.settings, self._app.settings), None, Accepted(at, unfinished))
        accepted = event._replace(state=state)
        self._app.store.events.add(accepted)
        self._app.store.events.count_unfinished(event.function, 1)
        self._note(event.request_id, at, "accepted")
        self._apply(accepted, effects, at, Progress())

    def wake(self) -> None:
        """Look for what is due now. Not inside `Store.exclusive`."""
        with self._changed:
            self._changed.notify_all()

    def restart_timers(self) -> None:
        """Let timers fire from the present time on."""
        with self._stepping:
            self._timers = Timers(self._app)
            self._timers.skip_to(self._now_ms())
        self.wake()

    def cancel(self, request_id: str, *, now: bool) -> bool:
        """Cancel an event; False when there is none, or it has ended.

        One that waits ends at once. The process of one that runs gets SIGTERM, or with `now` SIGKILL.
        """
        with self._app.store.exclusive(writes=True):
            event = self._app.store.events.find(request_id)
            if event is None or event.state.phase is Phase.ENDED:
                return False
            is_running = event.state.phase is Phase.RUNNING
            self._feed(event, Cancelled(self._now_ms()), Progress())
        if is_running:
            self._app.invoker.cancel(request_id, now=now)
        return True

    def begin(self, request_id: str, *, wait_s: float) -> None:
        """Run the first attempt of an event if virtual time stands still; otherwise wait for its end, `wait_s` at most.

        The clock is not advanced.
        """
        if self._thread is not None:
            with self._changed:
                self._changed.wait_for(lambda: self._has_begun(request_id), wait_s)
            return
        with self._stepping, self._app.event_clock.held():
            at = self._now_ms()
            with self._app.store.exclusive(writes=True):
                event = self._app.store.events.find(request_id)
                is_due = event is not None and event.state.phase is Phase.WAITING and event.state.due_at <= at
                run = self._begin(event, at, Progress()) if event is not None and is_due else None
            if run is not None:
                self._finish(run, run_attempt(self._app, run.event, run.forced), Progress(), at=at)

    def _has_begun(self, request_id: str) -> bool:
        with self._app.store.exclusive(writes=False):
            event = self._app.store.events.find(request_id)
        if event is None or event.state.phase is Phase.ENDED:
            return True
        return event.state.attempts > 0 and event.state.phase is Phase.WAITING

    def advance(
        self,
        seconds: float | None,
        *,
        limit_s: float = 0,
        is_step: bool = False,
        until_end_of: str = "",
        fires_timers: bool = False,
    ) -> Progress:
        """Advance the clock through every due time in order, and run what is due there.

        By `seconds`; or, with None, until no event waits, at most `limit_s`; or with `is_step` to the next due time
        only. With `until_end_of`, the request id of an event, it stops when that event has ended. With `fires_timers`,
        timers fire at their times; otherwise their times are left out.
        """
        clock = self._app.event_clock
        progress = Progress()
        with self._stepping, clock.held():
            self._wait_until_idle()
            start = self._now_ms()
            end = start + round((limit_s if seconds is None else seconds) * 1000)
            if not self._fires_in_real_time:
                self._timers.skip_to(start)
            while not (until_end_of and self._has_ended(until_end_of)):
                due = self._next_due(with_timers=fires_timers)
                if due is None or due > end:
                    break
                clock.move_to(due / 1000)
                if fires_timers:
                    with self._app.store.exclusive(writes=True):
                        self._timers.fire(due)
                self._run_due(due, progress)
                if is_step:
                    break
            if seconds is not None:
                clock.move_to(end / 1000)
            self._timers.skip_to(self._now_ms())
        self._app.invoker.end_expired()
        self.wake()
        return progress

    def next_firing(self) -> Firing | None:
        """The timer that fires next, if triggers are not switched off."""
        with self._stepping, self._app.store.exclusive(writes=False):
            if not self._fires_in_real_time:
                self._timers.skip_to(self._now_ms())
            return self._timers.next() if self._app.settings.triggers is not False else None

    def _has_ended(self, request_id: str) -> bool:
        with self._app.store.exclusive(writes=False):
            event = self._app.store.events.find(request_id)
        return event is None or event.state.phase is Phase.ENDED

    def _next_due(self, *, with_timers: bool) -> int | None:
        with self._app.store.exclusive(writes=False):
            due = self._app.store.events.next_due()
            firing = self._timers.next() if with_timers else None
        times = [time for time in (due, firing.at if firing else None) if time is not None]
        return max(min(times), self._now_ms()) if times else None

    def _run_due(self, until: int, progress: Progress) -> None:
        """Run what is due by a time, one after the other."""
        while True:
            with self._app.store.exclusive(writes=True):
                # Replaced attempts need no process: many of them share one transaction.
                events = self._app.store.events.due(until, _BATCH if self._app.faults.has_outcomes else 1)
                run = None
                for event in events:
                    run = self._begin(event, until, progress)
                    if run is not None:
                        break
            if not events:
                return
            if run is not None:
                self._finish(run, run_attempt(self._app, run.event, run.forced), progress, at=until)

    def _begin(self, event: StoredEvent, at: int, progress: Progress) -> _Run | None:
        """Start the attempt that is due; None when nothing is left to run.

        That is so when the event is too old, or when a fault rule replaces the attempt before the function starts.
        """
        following, effects = step(profile_of(event.settings, self._app.settings), event.state, Due(at))
        begun = event._replace(state=following)
        if following.phase is not Phase.RUNNING:
            self._app.store.events.save(event.request_id, following)
            self._apply(begun, effects, at, progress)
            return None
        progress.ran += 1
        forced = self._app.faults.outcome(event.name, event.body, following.attempts)
        run = _Run(begun, forced, event.state.is_retry)
        if forced is None or forced.runs_first:
            self._app.store.events.save(event.request_id, following)
            return run
        self._complete(run, replaced_attempt(self._app, run.event, forced.status), progress, at=at)
        return None

    def _finish(self, run: _Run, result: AttemptResult, progress: Progress, *, at: int | None = None) -> None:
        with self._app.store.exclusive(writes=True):
            # It may have been cancelled while it ran.
            current = self._app.store.events.find(run.event.request_id)
            if current is not None:
                self._complete(run._replace(event=current), result, progress, at=at)

    def _complete(self, run: _Run, result: AttemptResult, progress: Progress, *, at: int | None) -> None:
        """Store the result of an attempt that began at `at` on a held clock, or ends now in real time."""
        event = run.event
        began, end = (result.began_at, self._now_ms()) if at is None else (at, at + result.held_ms)
        state, effects = step(
            profile_of(event.settings, self._app.settings), event.state, Completed(end, result.status)
        )
        detail = {
            "attempt": state.attempts,
            "retry": state.retries + state.is_retry,
            "isRetried": state.is_retry,
            "retries": event.settings.retries,
            "nextAt": state.due_at if state.phase is Phase.WAITING else None,
            "log": result.log,
            **({"trace": result.trace} if result.trace else {}),
            "durationMs": result.duration_ms,
            "memoryMb": result.memory_mb,
        }
        kind = "retry" if run.is_retry else "attempt"
        attempt = TimelineStep(event.request_id, began, kind, result.status, result.message, detail)
        self._app.store.events.add_step(attempt)
        if state.phase is not Phase.DELIVERING:  # its delivery ends in the same transaction
            self._app.store.events.save(event.request_id, state)
        self._apply(event._replace(state=state), effects, end, progress, attempt)

    def _feed(self, event: StoredEvent, entry: Input, progress: Progress) -> EventState:
        """Apply an input and all effects that need no process. The caller holds the store."""
        profile = profile_of(event.settings, self._app.settings)
        state, effects = step(profile, event.state, entry)
        self._app.store.events.save(event.request_id, state)
        return self._apply(event._replace(state=state), effects, entry.at, progress)

    def _apply(
        self,
        event: StoredEvent,
        effects: tuple[Effect, ...],
        at: int,
        progress: Progress,
        attempt: TimelineStep | None = None,
    ) -> EventState:
        """Apply effects that need no process. `attempt` is the last attempt of the event, if it has just ended."""
        state = event.state
        for effect in effects:
            match effect:
                case Deliver():
                    state = self._deliver(event._replace(state=state), effect, at, progress, attempt)
                case Ended(end, reason):
                    progress.count(end)
                    self._app.store.events.count_unfinished(event.function, -1)
                    self._note(event.request_id, at, "ended", None, end.value, {"reason": reason} if reason else None)
                case Wake() | Invoke():
                    pass
        return state

    def _deliver(
        self, event: StoredEvent, effect: Deliver, at: int, progress: Progress, attempt: TimelineStep | None
    ) -> EventState:
        last = attempt or self._app.store.events.last_attempt(event.request_id)
        delivery = deliver(self._app, event, Reason(effect.reason), at, last)
        self._note(
            event.request_id,
            at,
            "lost" if delivery.error else "delivered",
            None,
            delivery.error,
            {
                "destination": delivery.destination,
                "kind": delivery.kind,
                "bytes": delivery.size,
                "cause": delivery.cause,
                "note": delivery.note,
            },
        )
        return self._feed(event, Delivered(at, delivery.error), progress)

    def _note(
        self,
        request_id: str,
        at: int,
        kind: str,
        status: int | None = None,
        message: str = "",
        detail: Mapping[str, object] | None = None,
    ) -> None:
        self._app.store.events.add_step(TimelineStep(request_id, at, kind, status, message, detail))

    def _serve(self) -> None:
        while not self._wait_for_due():
            with self._stepping:
                self._start_due()

    def _wait_for_due(self) -> bool:
        """Wait until an attempt or a timer may be due, and return whether the engine was stopped."""
        with self._changed:
            if not self._stopped:
                self._changed.wait(self._wait_s())
            return self._stopped

    def _wait_s(self) -> float | None:
        now = self._now_ms()
        # Timers have whole seconds. Looking each second also notices those that were just created.
        next_second = now // 1000 * 1000 + 1000 if self._fires_in_real_time else None
        due = None
        if self._running < _AT_ONCE:
            with self._app.store.exclusive(writes=False):
                due = self._app.store.events.next_due()
        times = [time for time in (due, next_second) if time is not None]
        return max(0.0, (min(times) - now) / 1000) if times else None

    def _start_due(self) -> None:
        progress = Progress()
        with self._app.store.exclusive(writes=True):
            now = self._now_ms()
            if self._fires_in_real_time and self._timers.is_new_second(now):
                self._timers.fire_recent(now)
            due = self._app.store.events.due(now, _AT_ONCE - self._running)
            runs = [run for event in due if (run := self._begin(event, now, progress)) is not None]
        with self._changed:
            self._running += len(runs)
        for run in runs:
            self._app.invoker.run_in_background(partial(self._run_now, run))

    def _run_now(self, run: _Run) -> None:
        try:
            self._finish(run, run_attempt(self._app, run.event, run.forced), Progress())
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def _wait_until_idle(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._running == 0)

    def _recover(self) -> None:
        """End the attempts of a server that was killed: the platform, too, repeats what it lost itself."""
        with self._app.store.exclusive(writes=True):
            end_interrupted(self._app.store)
            for event in self._app.store.events.in_phase(Phase.RUNNING):
                at = max(self._now_ms(), event.state.due_at)
                text = f"{status_name(_INTERRUPTED)}: the server was stopped"
                record_interrupted(self._app, event, _INTERRUPTED, text, at)
                result = AttemptResult(_INTERRUPTED, text, "", at, 0, 0.0, 0.0)
                self._complete(_Run(event, None, is_retry=False), result, Progress(), at=at)

    def _now_ms(self) -> int:
        return round(self._app.event_clock.now() * 1000)
