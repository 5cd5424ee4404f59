"""The timeline of a simulated run: a line per attempt, split and delivery, in the form of `events run`."""

from __future__ import annotations

from scfdeploy.delivery.driver import MESSAGE_TOO_LARGE, REFUSED
from scfdeploy.delivery.profiles.queue_source import RETURN
from scfdeploy.delivery.trace import REPEAT, RETRY, Delivery, StepKind, TraceStep
from scfdeploy.diagnostics import message
from scfdeploy.records import dataclass
from scfdeploy.report.humanize import byte_count, china_time, ranges, time_of_day
from scfdeploy.report.terminal import clip, pad, safe, width
from scfdeploy.results.simulation import START_MS, SimulatedRun

_GAP = " " * 10
_MAX_TEXT = 60
_SUCCESS = 200
_DAY_MS = 86_400_000
_RETRIES_EXHAUSTED = "RetriesExhausted"
_EXPLAINED_ENDS = frozenset(("finished", "lost", "failed"))
_UNEXPLAINED_REASONS = frozenset(("EventAgeExceeded", "QueueFull"))
_Key = tuple[str, tuple[int, ...]]


@dataclass(slots=True)
class _Line:
    t: int
    head: str
    """What stands before the result."""
    result: str = ""
    follows: str = ""


def timeline(run: SimulatedRun) -> list[str]:
    """The lines of the steps that the run has kept."""
    return _Timeline(run).lines()


class _Timeline:
    def __init__(self, run: SimulatedRun) -> None:
        self._run = run
        self._lines: list[_Line] = []
        self._failed: dict[_Key, tuple[_Line, str]] = {}
        """Calls that are followed by others at a time that is not known yet, with the reason."""
        self._last: dict[_Key, _Line] = {}
        self._running: dict[tuple[_Key, int], _Line] = {}
        """By items and earlier tries: a message can be received again while an earlier call with it still runs."""
        self._attempts: dict[_Key, int] = {}
        self._retries: dict[_Key, int] = {}
        self._has_several = len(run.summary.items) > 1 or any(step.reason == REFUSED for step in run.steps)
        names = {step.function or run.function for step in run.steps}
        self._name_width = max((width(safe(name)) for name in names), default=0)

    def lines(self) -> list[str]:
        for step in self._run.steps:
            self._add(step)
        widest = max((width(line.result) for line in self._lines if line.follows), default=0)
        texts: list[str] = []
        day = 0
        for line in self._lines:
            if line.t // _DAY_MS != day:
                day = line.t // _DAY_MS
                texts.append(f"-- {china_time(START_MS + line.t)}")
            text = f"{time_of_day(START_MS + line.t)}  {line.head}" + (f"  {line.result}" if line.result else "")
            if line.follows:
                text += f"{' ' * (widest - width(line.result))}{_GAP}{line.follows}"
            texts.append(text)
        return texts

    def _add(self, step: TraceStep) -> None:
        key = (step.function or self._run.function, step.items)
        match step.kind:
            case StepKind.INVOKE:
                self._add_call(step, key)
            case StepKind.RESULT:
                self._add_result(step, key)
            case StepKind.SPLIT:
                self._add_split(step, key)
            case StepKind.DELIVER:
                self._add_delivery(step)
            case StepKind.END:
                self._add_end(step, key)

    def _add_call(self, step: TraceStep, key: _Key) -> None:
        self._settle(key, step.t)
        function, items = key
        name = pad(safe(function), self._name_width)
        self._attempts[key] = number = self._attempts.get(key, 0) + 1
        if self._run.item == "event":
            event = message("event {number}", number=ranges(items)) + "  " if self._has_several else ""
            head = f"{name}  {event}" + message("attempt {number}", number=number)
        else:
            head = f"{name}  {self._items(items)}"
        self._running[key, step.tries] = self._last[key] = line = _Line(step.t, head)
        self._lines.append(line)

    def _add_refusal(self, step: TraceStep, function: str) -> None:
        name = pad(safe(function), self._name_width)
        event = "  " + message("event {number}", number=ranges(step.items))
        self._lines.append(_Line(step.t, f"{name}{event}", str(step.status), message("not accepted: no event")))

    def _add_result(self, step: TraceStep, key: _Key) -> None:
        if step.reason == REFUSED:
            self._add_refusal(step, key[0])
            return
        line = self._running.pop((key, step.tries), None)
        if line is None:
            return
        text = safe(self._run.messages.get((*key, step.tries), "").strip().partition("\n")[0])
        parts = [str(step.status), clip(text, _MAX_TEXT)]
        if self._run.item != "event" and (step.status != _SUCCESS or len(step.completed) < len(step.items)):
            done = ranges(step.completed) if step.completed else message("none")
            parts.append(message("completed {items}", items=done))
        line.result = "  ".join(part for part in parts if part)
        if step.next_at is not None:
            line.follows = self._next_attempt(key[0], step.retry, step.next_at)
        elif step.reason == _RETRIES_EXHAUSTED:
            line.follows = message("no retries left")
        elif step.reason == RETURN:
            line.follows = message("returned to the queue")
        elif step.reason in (RETRY, REPEAT):
            self._failed[key] = (line, step.reason)

    def _settle(self, key: _Key, at: int) -> None:
        """The failed call with these items is followed by another one."""
        line, reason = self._failed.pop(key, (None, ""))
        if line is None:
            return
        retry = 0
        if reason == RETRY and key[0] in self._run.retries:
            self._retries[key] = retry = self._retries.get(key, 0) + 1
        line.follows = self._next_attempt(key[0], retry, at)

    def _next_attempt(self, function: str, retry: int, at: int) -> str:
        if retry:
            most = self._run.retries.get(function, retry)
            return message("retry {number} of {most} at {time}", number=retry, most=most, time=_time(at))
        return message("next attempt at {time}", time=_time(at))

    def _add_split(self, step: TraceStep, key: _Key) -> None:
        line = self._last.get(key)
        if line is not None:
            line.follows = message("split {parts}", parts=", ".join(map(_span, step.parts)))

    def _add_delivery(self, step: TraceStep) -> None:
        kind = self._run.destination_kinds.get(step.destination, "")
        name = " ".join(part for part in (safe(kind), safe(step.destination)) if part)
        if self._has_several:
            name += f"  {self._items(step.items)}"
        if step.reason:
            line = _Line(step.t, f"-> {name}", message("not delivered: {error}", error=delivery_error(self._run, step)))
            if step.next_at is not None:
                line.follows = message("next try at {time}", time=_time(step.next_at))
        else:
            line = _Line(step.t, f"-> {name}", message("delivered, {size} bytes", size=f"{byte_count(step.body):,}"))
        self._lines.append(line)

    def _add_end(self, step: TraceStep, key: _Key) -> None:
        """A line for an end that does not follow from the lines before it."""
        if step.end in _EXPLAINED_ENDS or (step.end == "dead-lettered" and step.reason not in _UNEXPLAINED_REASONS):
            return
        name = pad(safe(key[0]), self._name_width)
        items = f"  {self._items(step.items)}" if self._has_several else ""
        reason = f": {safe(step.reason)}" if step.reason else ""
        line = _Line(step.t, f"{name}{items}", message("ended: {end}", end=safe(step.end)) + reason)
        self._lines.append(line)

    def _items(self, items: tuple[int, ...]) -> str:
        return f"{item_noun(self._run, len(items))} {_span(items)}"


def item_noun(run: SimulatedRun, count: int) -> str:
    """What so many items of a run are called: `event`, `records`."""
    one, many = {
        "event": (message("event"), message("events")),
        "message": (message("message"), message("messages")),
        "record": (message("record"), message("records")),
    }[run.item]
    return one if count == 1 else many


def delivery_error(run: SimulatedRun, failed: TraceStep | Delivery) -> str:
    """Why a delivery failed, in words."""
    error = failed.error if isinstance(failed, Delivery) else failed.reason
    if error != MESSAGE_TOO_LARGE:
        return message("status {status}", status=error) if error.isdigit() else safe(error)
    limit, is_assumed = run.limits.get(failed.destination, (0, False))
    if failed.body:
        size = f"{byte_count(failed.body):,}"
        text = message("{size} bytes exceed the limit of {limit} bytes", size=size, limit=f"{limit:,}")
    else:  # only the first messages of a run keep their text
        text = message("the message exceeds the limit of {limit} bytes", limit=f"{limit:,}")
    return f"{text} {message('(assumed)')}" if is_assumed else text


def _span(items: tuple[int, ...]) -> str:
    """Items of one call: `1–5`, or a list of what does not follow each other."""
    if len(items) > 1 and items[-1] - items[0] == len(items) - 1:
        return f"{items[0]}–{items[-1]}"
    return ranges(items)


def _time(at: int) -> str:
    """The time of day, with milliseconds only where they are not zero."""
    return time_of_day(START_MS + at, precision="milliseconds" if at % 1000 else "seconds")
