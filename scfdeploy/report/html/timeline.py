"""A timeline: lanes with marks at moments, for real and simulated runs alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum

from scfdeploy.diagnostics import message
from scfdeploy.records import NamedTuple

MAX_LANES = 100
MAX_MARKS = 3000
MAX_MARKS_OF_A_LANE = 120
MAX_MOMENTS = 400


class MarkKind(StrEnum):
    """What a mark stands for; each kind has its own shape and colour."""

    ACCEPTED = "accepted"
    SUCCESS = "success"
    FAILURE = "failure"
    PLATFORM = "platform"
    """An attempt that failed for a reason outside of the function; repeated without counting as a retry."""

    SPLIT = "split"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    NEXT = "next"
    """An attempt that is due."""

    ENDED = "ended"
    STOPPED = "stopped"
    """The end of something that was not finished."""


def kind_labels() -> Mapping[MarkKind, str]:
    """What each kind of mark means, for the legend."""
    return {
        MarkKind.ACCEPTED: message("accepted"),
        MarkKind.SUCCESS: message("attempt succeeded"),
        MarkKind.FAILURE: message("attempt failed"),
        MarkKind.PLATFORM: message("attempt failed in the platform or was throttled"),
        MarkKind.SPLIT: message("batch was split"),
        MarkKind.DELIVERED: message("delivered to a destination"),
        MarkKind.UNDELIVERED: message("delivery failed"),
        MarkKind.NEXT: message("next attempt"),
        MarkKind.ENDED: message("finished"),
        MarkKind.STOPPED: message("ended without success"),
    }


class Mark(NamedTuple):
    """Something that happened in a lane. Times are milliseconds from the start of the timeline."""

    lane: int
    """The index of the lane."""

    at: int
    kind: MarkKind
    label: str
    """A few characters beside the mark, such as a status."""

    text: str
    """The whole meaning in words."""

    step: int
    """Marks of one step are drawn as one. Also the number of the row that the mark refers to."""

    until: int | None = None
    link: str | None = None
    """The label of the link from the mark before it in the lane; None if they are not linked."""


class Lane(NamedTuple):
    """A row of the picture: an event, a message, a record or a shard."""

    name: str
    end: str = ""
    """How it ended, in a few words."""

    end_kind: MarkKind | None = None
    sequence: str = ""
    """Lanes with the same name here (a shard) never have two steps at once; empty if steps are independent."""


class Timeline(NamedTuple):
    """Lanes, and their marks in the order in which they happened."""

    label: str
    """What the picture shows."""

    lanes: Sequence[Lane]
    marks: Sequence[Mark]
    origin_ms: int | None = None
    """The moment 0 in milliseconds since the epoch; None for virtual time without a date."""

    total_lanes: int = 0
    """The number of lanes before any were left out; 0 if it has all."""


def limited(timeline: Timeline) -> tuple[Timeline, list[str]]:
    """The part of a timeline that fits a picture, and sentences that say what is left out.

    Lanes that did not just finish at the first attempt come first.
    """
    total = max(timeline.total_lanes, len(timeline.lanes))
    timeline, notes = _with_fewer_lanes(timeline), []
    if len(timeline.lanes) < total:
        notes.append(
            message(
                "The picture shows {count} of {total} lanes, first of all those with failures.",
                count=f"{len(timeline.lanes):,}",
                total=f"{total:,}",
            )
        )
    cut = _with_fewer_marks(timeline)
    if len(cut.marks) < len(timeline.marks):
        notes.append(
            message(
                "The picture shows {count} of {total} steps of these lanes.",
                count=f"{len(cut.marks):,}",
                total=f"{len(timeline.marks):,}",
            )
        )
    return cut, notes


def chosen_lanes(end_kinds: Sequence[MarkKind | None], marks: Counter[int]) -> list[int]:
    """The indexes of the lanes that fit a picture, by how each ends. `marks` counts the marks of each by its index."""
    plain = min(marks.values(), default=0)
    eventful = {
        index for index, end_kind in enumerate(end_kinds) if end_kind is not MarkKind.ENDED or marks[index] > plain
    }
    order = sorted(range(len(end_kinds)), key=lambda index: (index not in eventful, index))
    return sorted(order[:MAX_LANES])


def _with_fewer_lanes(timeline: Timeline) -> Timeline:
    if len(timeline.lanes) <= MAX_LANES:
        return timeline
    kept = chosen_lanes([lane.end_kind for lane in timeline.lanes], Counter(mark.lane for mark in timeline.marks))
    places = {index: place for place, index in enumerate(kept)}
    return timeline._replace(
        lanes=[timeline.lanes[index] for index in kept],
        marks=[mark._replace(lane=places[mark.lane]) for mark in timeline.marks if mark.lane in places],
    )


def _with_fewer_marks(timeline: Timeline) -> Timeline:
    """Keep the earliest marks, and the last one of each lane."""
    last = {mark.lane: place for place, mark in enumerate(timeline.marks)}
    ends = set(last.values())
    of_lane: Counter[int] = Counter()
    moments: set[int] = set()
    kept: list[Mark] = []
    is_linked: dict[int, bool] = {}
    for place, mark in enumerate(timeline.marks):
        fits = (
            of_lane[mark.lane] < MAX_MARKS_OF_A_LANE
            and len(kept) < MAX_MARKS
            and (mark.at in moments or len(moments) < MAX_MOMENTS)
        )
        if not fits and place not in ends:
            is_linked[mark.lane] = False
            continue
        of_lane[mark.lane] += 1
        moments.add(mark.at)
        kept.append(mark if is_linked.get(mark.lane, True) else mark._replace(link=None))
        is_linked[mark.lane] = True
    return timeline._replace(marks=kept)
