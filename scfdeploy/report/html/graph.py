"""A graph: nodes with what happens to them, and the edges between them."""

from __future__ import annotations

from collections.abc import Sequence

from scfdeploy.diagnostics import message
from scfdeploy.records import NamedTuple

MAX_NODES = 150
MAX_EDGES = 600


class Node(NamedTuple):
    """A box of the picture."""

    name: str
    kind: str
    """What the node is, such as `function`."""

    action: str
    """What happens to it, in a word."""

    symbol: str
    """The symbol of the action."""

    style: str
    """The CSS class of the action: a constant, never outside data."""

    text: str
    """The whole meaning in words."""

    row: int
    """The number of the row that the node refers to."""

    is_quiet: bool = False
    """Whether nothing happens to it; such nodes are left out first."""


class Edge(NamedTuple):
    """An arrow between two nodes, by index: `source` comes first, `target` depends on it."""

    source: int
    target: int
    is_order: bool = True
    """Whether the target waits for the source; otherwise the target only belongs to it."""


class Graph(NamedTuple):
    """Nodes and edges."""

    label: str
    nodes: Sequence[Node]
    edges: Sequence[Edge]


def limited_graph(graph: Graph) -> tuple[Graph, list[str]]:
    """The part of a graph that fits a picture, and sentences that say what is left out."""
    order = sorted(range(len(graph.nodes)), key=lambda index: (graph.nodes[index].is_quiet, index))
    kept = sorted(order[:MAX_NODES])
    places = {index: place for place, index in enumerate(kept)}
    edges = [
        edge._replace(source=places[edge.source], target=places[edge.target])
        for edge in graph.edges
        if edge.source in places and edge.target in places
    ]
    notes = []
    if len(kept) < len(graph.nodes):
        notes.append(
            message(
                "The picture shows {count} of {total} resources, first of all those that change.",
                count=f"{len(kept):,}",
                total=f"{len(graph.nodes):,}",
            )
        )
    if len(edges) > MAX_EDGES:
        notes.append(
            message(
                "The picture shows {count} of {total} dependencies.", count=f"{MAX_EDGES:,}", total=f"{len(edges):,}"
            )
        )
    return graph._replace(nodes=[graph.nodes[index] for index in kept], edges=edges[:MAX_EDGES]), notes
