"""Where everything of a timeline is drawn. All lengths are whole pixels.

The axis has a column for each moment at which something happens, or several for steps of a sequence at one moment. Gaps
between them grow with the logarithm of the time that passes, so that a minute and six hours fit one picture.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from scfdeploy.records import NamedTuple
from scfdeploy.report.html.timeline import Lane, Mark, MarkKind, Timeline
from scfdeploy.report.humanize import elapsed, time_of_day
from scfdeploy.report.terminal import clip, width

COLUMN = 36
ROW = 48
AXIS = 46
_EDGE = 14
_PLOT = 960
_SHORTEST_GAP = 4
_CHARACTER = 7
_MAX_NAME = 24
_SHORTEST_WAIT = 1000
_BREAK = 20
"""How many times the shortest wait a gap must last to be marked as compressed."""


class LaneShape(NamedTuple):
    """A row: its label, and the line from its first to its last mark."""

    y: int
    name: str
    end: str
    end_kind: MarkKind | None
    full: str
    first_x: int
    last_x: int


class MarkShape(NamedTuple):
    """A mark with the bar of its duration."""

    x: int
    y: int
    kind: MarkKind
    label: str
    text: str
    step: int
    bar: int
    """The length of the bar; 0 without one."""


class LinkShape(NamedTuple):
    """A link between two marks of a lane."""

    first_x: int
    last_x: int
    y: int
    label: str


class JoinShape(NamedTuple):
    """The line that joins the marks of one step."""

    x: int
    first_y: int
    last_y: int


class Tick(NamedTuple):
    """A label of the time axis."""

    x: int
    label: str
    clock: str


class Picture(NamedTuple):
    """A timeline that can be drawn."""

    width: int
    height: int
    label_width: int
    lanes: Sequence[LaneShape]
    marks: Sequence[MarkShape]
    links: Sequence[LinkShape]
    joins: Sequence[JoinShape]
    ticks: Sequence[Tick]
    breaks: Sequence[int]
    """Where a gap is drawn much shorter than it is."""

    kinds: Sequence[MarkKind]
    """The kinds that occur, for the legend."""

    has_links: bool


class _Moment(NamedTuple):
    """A moment of the axis: where its columns begin and end."""

    at: int
    x: int
    end_x: int


def lay_out(timeline: Timeline) -> Picture:
    """The picture of a timeline, which is not empty."""
    slots = _slots(timeline)
    axis = _axis(timeline, slots)
    x_of = {moment.at: moment.x for moment in axis}
    marks = [_mark(mark, slot, x_of) for mark, slot in zip(timeline.marks, slots, strict=True)]
    by_lane: dict[int, list[int]] = defaultdict(list)
    for place, mark in enumerate(timeline.marks):
        by_lane[mark.lane].append(place)
    lanes = [
        _lane(index, lane, [marks[place] for place in by_lane[index]]) for index, lane in enumerate(timeline.lanes)
    ]
    used = {mark.kind for mark in marks}
    names = max((max(width(lane.name), width(lane.end)) for lane in lanes), default=0)
    links = [link for places in by_lane.values() for link in _links(timeline.marks, marks, places)]
    return Picture(
        axis[-1].end_x + _EDGE,
        AXIS + ROW * len(lanes) + 8,
        _EDGE + names * _CHARACTER + 10,
        lanes,
        _labelled_once(marks),
        links,
        _joins(marks),
        _ticks(timeline, x_of),
        _gaps(axis),
        [kind for kind in MarkKind if kind in used],
        bool(links),
    )


def _slots(timeline: Timeline) -> list[int]:
    """The column of each mark among those of its moment: the marks of a lane and of a sequence stand side by side."""
    sequences: dict[tuple[int, int], set[object]] = defaultdict(set)
    for mark in timeline.marks:
        sequences[mark.at, mark.step].add(_sequence(timeline, mark))
    used: dict[tuple[int, object], int] = defaultdict(int)
    placed: dict[tuple[int, int], int] = {}
    for key, members in sequences.items():
        placed[key] = max(used[key[0], member] for member in members)
        used.update(((key[0], member), placed[key] + 1) for member in members)
    return [placed[mark.at, mark.step] for mark in timeline.marks]


def _sequence(timeline: Timeline, mark: Mark) -> object:
    return timeline.lanes[mark.lane].sequence or mark.lane


def _axis(timeline: Timeline, slots: Sequence[int]) -> list[_Moment]:
    columns: dict[int, int] = {}
    for mark, slot in zip(timeline.marks, slots, strict=True):
        columns[mark.at] = max(columns.get(mark.at, 0), slot + 1)
        if mark.until is not None:
            columns.setdefault(mark.until, 0)
    times = sorted(columns)
    gaps = [after - before for before, after in pairwise(times)]
    shortest = min(gaps, default=1)
    weights = [1 + 1.5 * math.log10(gap / shortest) for gap in gaps]
    free = _PLOT - COLUMN * sum(columns.values())
    unit = max(_SHORTEST_GAP, free / sum(weights)) if weights else 0
    axis, x = [], _EDGE
    for time, weight in zip(times, [*weights, 0], strict=True):
        axis.append(_Moment(time, x, x + COLUMN * columns[time]))
        x = axis[-1].end_x + round(unit * weight)
    return axis


def _mark(mark: Mark, slot: int, x_of: Mapping[int, int]) -> MarkShape:
    x = x_of[mark.at] + COLUMN * slot + COLUMN // 2
    bar = max(0, x_of[mark.until] - x) if mark.until is not None and mark.until > mark.at else 0
    return MarkShape(x, _row(mark.lane), mark.kind, mark.label, mark.text, mark.step, bar)


def _lane(index: int, lane: Lane, marks: Sequence[MarkShape]) -> LaneShape:
    name, end = clip(lane.name, _MAX_NAME), clip(lane.end, _MAX_NAME)
    full = ", ".join(part for part in (lane.name, lane.end) if part)
    xs = [mark.x for mark in marks] or [0]
    last = max([mark.x + mark.bar for mark in marks] or [0])
    return LaneShape(_row(index), name, end, lane.end_kind, full, min(xs), last)


def _row(lane: int) -> int:
    return AXIS + ROW * lane + ROW // 2 + 2


def _links(marks: Sequence[Mark], shapes: Sequence[MarkShape], places: Sequence[int]) -> Iterator[LinkShape]:
    for before, after in pairwise(places):
        label = marks[after].link
        if label is None:
            continue
        first, last = shapes[before].x + max(shapes[before].bar, 9), shapes[after].x - 10
        if last > first:
            room = (last - first) // _CHARACTER - 1
            yield LinkShape(first, last, shapes[after].y, label if width(label) <= room else "")


def _labelled_once(marks: Sequence[MarkShape]) -> list[MarkShape]:
    """Marks of one step in several lanes have their label once, at the top, unless it differs."""
    top: dict[tuple[int, int, str], int] = {}
    for mark in marks:
        key = (mark.step, mark.x, mark.label)
        top[key] = min(top.get(key, mark.y), mark.y)
    return [mark if top[mark.step, mark.x, mark.label] == mark.y else mark._replace(label="") for mark in marks]


def _joins(marks: Sequence[MarkShape]) -> list[JoinShape]:
    rows: dict[tuple[int, int], list[int]] = {}
    for mark in marks:
        rows.setdefault((mark.step, mark.x), []).append(mark.y)
    return [JoinShape(x, min(ys), max(ys)) for (_, x), ys in rows.items() if len(ys) > 1]


def _ticks(timeline: Timeline, x_of: Mapping[int, int]) -> list[Tick]:
    """The labels that fit: the first and the last one, and from left to right those between."""
    ticks: list[Tick] = []
    for at in sorted({mark.at for mark in timeline.marks}):
        clock = "" if timeline.origin_ms is None else time_of_day(timeline.origin_ms + at, precision="seconds")
        ticks.append(Tick(x_of[at] + COLUMN // 2, elapsed(at), clock))
    fitting = ticks[:1]
    for tick in ticks[1:-1]:
        if _fit(fitting[-1], tick) and _fit(tick, ticks[-1]):
            fitting.append(tick)
    return fitting + (ticks[-1:] if len(ticks) > 1 and _fit(fitting[-1], ticks[-1]) else [])


def _fit(left: Tick, right: Tick) -> bool:
    columns = max(width(left.label), width(left.clock)) + max(width(right.label), width(right.clock))
    return right.x - left.x >= columns * _CHARACTER // 2 + 10


def _gaps(axis: Sequence[_Moment]) -> list[int]:
    """The middles of the gaps that last much longer than the shortest wait."""
    gaps = [after.at - before.at for before, after in pairwise(axis)]
    shortest = min([gap for gap in gaps if gap >= _SHORTEST_WAIT] or gaps, default=0)
    return [
        (before.end_x + after.x) // 2
        for before, after in pairwise(axis)
        if after.at - before.at >= _BREAK * shortest and after.x - before.end_x >= COLUMN
    ]
