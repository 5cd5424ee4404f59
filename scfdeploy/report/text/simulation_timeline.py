"""The timeline of a simulated run: a line per attempt, split and delivery, in the form of `events run`."""

from __future__ import annotations

from dataclasses import dataclass

from scfdeploy.delivery.trace import StepKind, TraceStep
from scfdeploy.diagnostics import message
from scfdeploy.report.humanize import china_time, ranges, time_of_day
from scfdeploy.report.terminal import clip, pad, safe, width
from scfdeploy.results.simulation import START_MS, SimulatedRun

_GAP = " " * 10
_MAX_TEXT = 60
_SUCCESS = 200
_DAY_MS = 86_400_000
_RETRIES_EXHAUSTED = "RetriesExhausted"
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
        self._failed: dict[_Key, tuple[_Line, int]] = {}
        """Attempts whose consequence is not known yet, with their status."""
        self._running: dict[_Key, _Line] = {}
        self._attempts: dict[_Key, int] = {}
        self._retries: dict[_Key, int] = {}
        self._has_several = len(run.summary.items) > 1
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
                parts = ", ".join(ranges(part) for part in step.parts)
                self._follow(key, message("split {parts}", parts=parts))
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
        self._running[key] = line = _Line(step.t, head)
        self._lines.append(line)

    def _add_result(self, step: TraceStep, key: _Key) -> None:
        line = self._running.pop(key, None)
        if line is None:
            return
        text = safe(self._run.messages.get((*key, step.tries), "").strip().partition("\n")[0])
        parts = [str(step.status), clip(text, _MAX_TEXT)]
        if self._run.item != "event" and step.status != _SUCCESS:
            done = ranges(step.completed) if step.completed else message("none")
            parts.append(message("completed {items}", items=done))
        line.result = "  ".join(part for part in parts if part)
        if step.status != _SUCCESS:
            self._failed[key] = (line, step.status)

    def _settle(self, key: _Key, at: int) -> None:
        """The failed attempt of these items is followed by another one."""
        if key not in self._failed:
            return
        status = self._failed[key][1]
        limit = self._run.retries.get(key[0])
        if status in self._run.retried_statuses or limit is None:
            self._follow(key, message("next attempt at {time}", time=_time(at)))
            return
        self._retries[key] = retry = self._retries.get(key, 0) + 1
        text = message("retry {number} of {most} at {time}", number=retry, most=limit, time=_time(at))
        self._follow(key, text)

    def _follow(self, key: _Key, text: str) -> None:
        line, _ = self._failed.pop(key, (None, 0))
        if line is not None:
            line.follows = text

    def _add_delivery(self, step: TraceStep) -> None:
        kind = self._run.destination_kinds.get(step.destination, "")
        name = " ".join(part for part in (safe(kind), safe(step.destination)) if part)
        if self._has_several:
            name += f"  {self._items(step.items)}"
        size = f"{len(step.body.encode('utf-8', 'surrogatepass')):,}"
        if step.reason:
            text = message("not delivered: {error}", error=safe(step.reason))
        else:
            text = message("delivered, {size} bytes", size=size)
        self._lines.append(_Line(step.t, f"-> {name}", text))
        for key in [key for key in self._failed if set(key[1]) <= set(step.items)]:
            self._follow(key, message("no retries left"))

    def _add_end(self, step: TraceStep, key: _Key) -> None:
        if step.end == "finished":
            self._failed.pop(key, None)
            return
        if key in self._failed:
            line, _ = self._failed[key]
            if step.t > line.t and step.reason != _RETRIES_EXHAUSTED:
                self._settle(key, step.t)
            elif step.reason == _RETRIES_EXHAUSTED:
                self._follow(key, message("no retries left"))
            else:
                self._follow(key, message("ended"))
        if step.end == "dead-lettered" and step.reason == _RETRIES_EXHAUSTED:
            return
        if step.end == "lost":
            return
        name = pad(safe(key[0]), self._name_width)
        items = f"  {self._items(step.items)}" if self._has_several else ""
        reason = f" ({safe(step.reason)})" if step.reason else ""
        self._lines.append(_Line(step.t, f"{name}{items}", message("ended: {end}", end=safe(step.end)) + reason))

    def _items(self, items: tuple[int, ...]) -> str:
        one, many = {
            "event": (message("event"), message("events")),
            "message": (message("message"), message("messages")),
            "record": (message("record"), message("records")),
        }[self._run.item]
        return f"{one if len(items) == 1 else many} {ranges(items)}"


def _time(at: int) -> str:
    """The time of day, with milliseconds only where they are not zero."""
    return time_of_day(START_MS + at, precision="milliseconds" if at % 1000 else "seconds")
