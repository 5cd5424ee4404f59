"""Where the nodes and edges of a graph are drawn. All lengths are whole pixels.

Every node stands in a column right of all nodes that it depends on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from scfdeploy.records import NamedTuple
from scfdeploy.report.html.graph import Edge, Graph
from scfdeploy.report.terminal import clip

BOX = 214
BOX_HEIGHT = 46
_GAP = 74
_ROW = 62
_EDGE = 10
_MAX_NAME = 24
_MAX_KIND = 27
_SWEEPS = 4


class NodeShape(NamedTuple):
    """A box."""

    x: int
    y: int
    name: str
    kind: str
    symbol: str
    style: str
    text: str
    row: int


class EdgeShape(NamedTuple):
    """An arrow from the right side of a box to the left side of another."""

    first_x: int
    first_y: int
    last_x: int
    last_y: int
    bend: int
    is_order: bool


class GraphPicture(NamedTuple):
    """A graph that can be drawn."""

    width: int
    height: int
    nodes: Sequence[NodeShape]
    edges: Sequence[EdgeShape]
    actions: Sequence[tuple[str, str, str]]
    """The symbol, the CSS class and the name of each action, for the legend."""

    has_order: bool
    has_belonging: bool


def lay_out_graph(graph: Graph) -> GraphPicture:
    """The picture of a graph, which is not empty."""
    edges = _without_cycles(graph)
    levels = _levels(len(graph.nodes), edges)
    rows = _rows(levels, edges)
    height = max(rows.values()) + 1
    nodes = [
        NodeShape(
            _EDGE + levels[index] * (BOX + _GAP),
            _EDGE + rows[index] * _ROW,
            clip(node.name, _MAX_NAME),
            clip(node.kind, _MAX_KIND),
            node.symbol,
            node.style,
            node.text,
            node.row,
        )
        for index, node in enumerate(graph.nodes)
    ]
    shapes = [_edge(nodes[edge.source], nodes[edge.target], edge) for edge in edges]
    return GraphPicture(
        2 * _EDGE + max(levels) * (BOX + _GAP) + BOX,
        2 * _EDGE + height * _ROW - (_ROW - BOX_HEIGHT),
        nodes,
        shapes,
        list(dict.fromkeys((node.symbol, node.style, node.action) for node in graph.nodes)),
        any(edge.is_order for edge in edges),
        any(not edge.is_order for edge in edges),
    )


def _without_cycles(graph: Graph) -> list[Edge]:
    """The edges without those that close a cycle; a belonging only where no order leads to the same node."""
    kept: list[Edge] = []
    following: dict[int, list[int]] = defaultdict(list)
    for edge in sorted(graph.edges, key=lambda edge: not edge.is_order):
        closes = edge.source == edge.target or _reaches(edge.target, edge.source, following)
        is_known = not edge.is_order and _reaches(edge.source, edge.target, following)
        if not closes and not is_known:
            following[edge.source].append(edge.target)
            kept.append(edge)
    return kept


def _reaches(start: int, goal: int, following: Mapping[int, Sequence[int]]) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        if node == goal:
            return True
        new = [target for target in following.get(node, ()) if target not in seen]
        seen.update(new)
        waiting += new
    return False


def _levels(count: int, edges: Sequence[Edge]) -> list[int]:
    """The column of each node: the length of the longest path to it."""
    needs: dict[int, set[int]] = defaultdict(set)
    followers: dict[int, set[int]] = defaultdict(set)
    for edge in edges:
        needs[edge.target].add(edge.source)
        followers[edge.source].add(edge.target)
    levels = [0] * count
    missing = [len(needs[node]) for node in range(count)]
    ready = [node for node in range(count) if not missing[node]]
    while ready:
        node = ready.pop()
        for follower in followers[node]:
            levels[follower] = max(levels[follower], levels[node] + 1)
            missing[follower] -= 1
            if not missing[follower]:
                ready.append(follower)
    return levels


def _rows(levels: Sequence[int], edges: Sequence[Edge]) -> dict[int, int]:
    """The row of each node within its column, near the nodes that it is connected with."""
    neighbours: dict[int, list[int]] = defaultdict(list)
    for edge in edges:
        neighbours[edge.source].append(edge.target)
        neighbours[edge.target].append(edge.source)
    columns: dict[int, list[int]] = defaultdict(list)
    for node, level in enumerate(levels):
        columns[level].append(node)
    rows = {node: row for nodes in columns.values() for row, node in enumerate(nodes)}
    for sweep in range(_SWEEPS):
        for level in sorted(columns, reverse=bool(sweep % 2)):
            place = {node: _middle(node, rows, neighbours) for node in columns[level]}
            columns[level].sort(key=lambda node: (place[node], node))
            rows.update(_spread(columns[level], place))
    places = {row: place for place, row in enumerate(sorted(set(rows.values())))}
    return {node: places[row] for node, row in rows.items()}


def _middle(node: int, rows: Mapping[int, int], neighbours: Mapping[int, Sequence[int]]) -> float:
    others = neighbours.get(node, ())
    return sum(rows[other] for other in others) / len(others) if others else rows[node]


def _spread(nodes: Sequence[int], place: Mapping[int, float]) -> dict[int, int]:
    """Rows in this order, each as near to its place as the ones before it allow."""
    rows: dict[int, int] = {}
    free = 0
    for node in nodes:
        rows[node] = max(free, round(place[node]))
        free = rows[node] + 1
    return rows


def _edge(source: NodeShape, target: NodeShape, edge: Edge) -> EdgeShape:
    first_x, last_x = source.x + BOX, target.x - 2
    return EdgeShape(
        first_x,
        source.y + BOX_HEIGHT // 2,
        last_x,
        target.y + BOX_HEIGHT // 2,
        max(24, (last_x - first_x) // 2),
        edge.is_order,
    )
