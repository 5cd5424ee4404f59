"""Order instances by their dependencies on each other's outputs, and find cycles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scfdeploy.diagnostics import Span
from scfdeploy.records import NamedTuple


class InstanceKey(NamedTuple):
    """The identity of an instance."""

    app: str
    stage: str
    name: str


class Edge(NamedTuple):
    """One instance uses an output of another; `span` is the reference."""

    dependent: InstanceKey
    dependency: InstanceKey
    span: Span


class DependencyOrder(NamedTuple):
    """All instances, dependencies first. `cycles` has the edges of each cycle, by the edge that closes it."""

    instances: tuple[InstanceKey, ...]
    cycles: dict[tuple[InstanceKey, InstanceKey], tuple[Edge, ...]]


def dependency_order(instances: Sequence[InstanceKey], edges: Mapping[InstanceKey, Sequence[Edge]]) -> DependencyOrder:
    """Sort `instances` by dependency, stable otherwise. Edges to unknown instances are ignored."""
    known = frozenset(instances)
    done: dict[InstanceKey, None] = {}
    cycles: dict[tuple[InstanceKey, InstanceKey], tuple[Edge, ...]] = {}
    for instance in instances:
        if instance not in done:
            _walk(instance, known, edges, done, cycles)
    return DependencyOrder(tuple(done), cycles)


def _walk(
    start: InstanceKey,
    known: frozenset[InstanceKey],
    edges: Mapping[InstanceKey, Sequence[Edge]],
    done: dict[InstanceKey, None],
    cycles: dict[tuple[InstanceKey, InstanceKey], tuple[Edge, ...]],
) -> None:
    """Append all dependencies of `start`, then itself. Iterative, because chains can be long."""
    trail: list[Edge] = []
    on_trail = {start: 0}
    pending: list[tuple[InstanceKey, Iterator[Edge]]] = [(start, iter(edges.get(start, ())))]
    while pending:
        current, rest = pending[-1]
        edge = next((edge for edge in rest if edge.dependency in known and edge.dependency not in done), None)
        if edge is None:
            pending.pop()
            done[current] = None
            del on_trail[current]
            if trail:
                trail.pop()
        elif edge.dependency in on_trail:
            cycles[current, edge.dependency] = (*trail[on_trail[edge.dependency] :], edge)
        else:
            trail.append(edge)
            on_trail[edge.dependency] = len(trail)
            pending.append((edge.dependency, iter(edges.get(edge.dependency, ()))))
