"""Pictures in HTML pages: where things are, and what is left out."""

from __future__ import annotations

from itertools import pairwise

import pytest

from scfdeploy.report.html.graph import MAX_NODES, Edge, Graph, Node, limited_graph
from scfdeploy.report.html.graph_layout import BOX, lay_out_graph
from scfdeploy.report.html.page import Cell, Column, Page, Row, Section, Table
from scfdeploy.report.html.render import MAX_ROWS, render_page
from scfdeploy.report.html.timeline import MAX_LANES, MAX_MARKS_OF_A_LANE, Lane, Mark, MarkKind, Timeline, limited
from scfdeploy.report.html.timeline_layout import lay_out
from scfdeploy.report.humanize import elapsed
from tests.support.html_pages import HtmlPage

SECOND = 1000
HOUR = 3_600_000


def mark(lane: int, at: int, step: int, kind: MarkKind = MarkKind.FAILURE, link: str | None = None) -> Mark:
    return Mark(lane, at, kind, "430", f"step {step}", step, link=link)


def timeline(*marks: Mark, lanes: int = 1, sequence: str = "") -> Timeline:
    return Timeline("Events", [Lane(f"event {number}", sequence=sequence) for number in range(lanes)], marks)


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "0"),
        (250, "250 ms"),
        (1500, "1.5 s"),
        (60 * SECOND, "1 min"),
        (6 * HOUR, "6 h"),
        (30 * HOUR + 500, "1 d 6 h 0.5 s"),
    ],
)
def test_elapsed_time_is_exact(milliseconds: int, text: str) -> None:
    assert elapsed(milliseconds) == text


def test_axis_has_room_for_seconds_and_hours() -> None:
    times = [0, 60 * SECOND, 120 * SECOND, 6 * HOUR]
    picture = lay_out(timeline(*(mark(0, at, step) for step, at in enumerate(times))))

    assert [tick.label for tick in picture.ticks] == ["0", "1 min", "2 min", "6 h"]
    xs = [tick.x for tick in picture.ticks]
    gaps = [after - before for before, after in pairwise(xs)]
    assert gaps[0] == gaps[1] > 100
    assert gaps[0] * 2 < gaps[2] < gaps[0] * 8
    assert len(picture.breaks) == 1
    assert xs[2] < picture.breaks[0] < xs[3]


def test_labels_of_axis_do_not_overlap() -> None:
    picture = lay_out(timeline(*(mark(0, at * 61 * SECOND, at) for at in range(200))))
    ends = [(tick.x - len(tick.label) * 3.5, tick.x + len(tick.label) * 3.5) for tick in picture.ticks]

    assert len(picture.ticks) > 40
    assert all(before[1] < after[0] for before, after in pairwise(ends))


def test_marks_of_one_moment_stand_side_by_side_in_a_lane() -> None:
    picture = lay_out(timeline(mark(0, 0, 0), mark(1, 0, 1), mark(0, 0, 2), lanes=2))
    first, other, second = picture.marks

    assert first.x == other.x
    assert second.x >= first.x + 20


def test_steps_of_a_shard_stand_one_after_the_other() -> None:
    picture = lay_out(timeline(mark(0, 0, 0), mark(1, 0, 0), mark(0, 0, 1), mark(1, 0, 2), lanes=2, sequence="shard"))
    xs = [one.x for one in picture.marks]

    assert xs[0] == xs[1] < xs[2] < xs[3]
    assert [(join.first_y, join.last_y) for join in picture.joins] == [(picture.marks[0].y, picture.marks[1].y)]


def test_wait_before_retry_is_linked_and_named() -> None:
    picture = lay_out(timeline(mark(0, 0, 0), mark(0, 60 * SECOND, 1, link="1 min")))
    (link,) = picture.links

    assert link.label == "1 min"
    assert picture.marks[0].x < link.first_x < link.last_x < picture.marks[1].x


def test_thousands_of_lanes_are_cut_with_a_sentence() -> None:
    count = 20_000
    lanes = [Lane(f"event {number}", "finished", MarkKind.ENDED) for number in range(count)]
    marks = [mark(number, 0, number, MarkKind.SUCCESS) for number in range(count)]
    lanes[15_000] = Lane("event 15000", "lost", MarkKind.STOPPED)
    rows = [Row((Cell(f"event {number}"),), number) for number in range(count)]
    tables = [Table("Events", [Column("Event")], rows)]
    source = render_page(
        Page("Many", sections=[Section("run", "Run", timeline=Timeline("Events", lanes, marks), tables=tables)]), str
    )
    page = HtmlPage(source)

    assert len(source) < 1_000_000
    assert len(page.marks) == MAX_LANES
    assert "The picture shows 100 of 20,000 lanes, first of all those with failures." in source
    assert f"The table shows {MAX_ROWS:,} of 20,000 rows." in source
    assert "event 15000" in page.one("svg", class_="lanes").text
    assert {link.attributes["href"][1:] for link in page.find("a")} <= set(page.ids)


def test_endless_retries_keep_first_marks_and_the_last_one() -> None:
    marks = [mark(0, step * 60 * SECOND, step, link="1 min") for step in range(43_200)]
    cut, (note,) = limited(timeline(*marks))

    assert note == "The picture shows 121 of 43,200 steps of these lanes."
    assert len(cut.marks) == MAX_MARKS_OF_A_LANE + 1
    assert cut.marks[-1].step == 43_199
    assert cut.marks[-1].link is None


def node(name: str, *, is_quiet: bool = False) -> Node:
    return Node(name, "function", "create", "+", "create", f"create {name}", 0, is_quiet)


def test_dependent_stands_right_of_what_it_needs() -> None:
    graph = Graph("Plan", [node("c"), node("a"), node("b")], [Edge(1, 2), Edge(2, 0), Edge(1, 0)])
    picture = lay_out_graph(graph)
    x = {shape.name: shape.x for shape in picture.nodes}

    assert x["a"] + BOX < x["b"]
    assert x["b"] + BOX < x["c"]


def test_boxes_do_not_overlap() -> None:
    nodes = [node(f"n{number}") for number in range(40)]
    edges = [Edge(number // 3, number) for number in range(1, 40)]
    picture = lay_out_graph(Graph("Plan", nodes, edges))
    places = [(shape.x, shape.y) for shape in picture.nodes]

    assert len(set(places)) == 40
    assert max(y for _, y in places) < picture.height


def test_cycle_of_order_and_belonging_is_drawn() -> None:
    graph = Graph("Plan", [node("function"), node("trigger")], [Edge(0, 1, is_order=False), Edge(1, 0)])
    picture = lay_out_graph(graph)

    assert [edge.is_order for edge in picture.edges] == [True]


def test_large_graph_keeps_what_changes() -> None:
    nodes = [node(f"quiet {number}", is_quiet=True) for number in range(MAX_NODES)] + [node("changed")]
    cut, (note,) = limited_graph(Graph("Plan", nodes, [Edge(0, MAX_NODES), Edge(MAX_NODES - 1, MAX_NODES)]))

    assert note == "The picture shows 150 of 151 resources, first of all those that change."
    assert cut.nodes[-1].name == "changed"
    assert [(edge.source, edge.target) for edge in cut.edges] == [(0, MAX_NODES - 1)]


def test_belonging_is_left_out_where_an_order_says_it() -> None:
    edges = [Edge(0, 2, is_order=False), Edge(0, 1), Edge(1, 2)]
    picture = lay_out_graph(Graph("Plan", [node("function"), node("alias"), node("trigger")], edges))

    assert [edge.is_order for edge in picture.edges] == [True, True]
