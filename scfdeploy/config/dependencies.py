"""In which order instances are read: those first whose outputs others need, and where they wait in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from scfdeploy.diagnostics import Span


class InstanceKey(NamedTuple):
    """What names an instance among all."""

    app: str
    stage: str
    name: str


class Edge(NamedTuple):
    """One instance needs another, and where its file says so."""

    dependent: InstanceKey
    dependency: InstanceKey
    span: Span


class DependencyOrder(NamedTuple):
    """All instances, what is needed before who needs it. `circles` are ways round, by the edge that closes each."""

    instances: tuple[InstanceKey, ...]
    cycles: dict[tuple[InstanceKey, InstanceKey], tuple[Edge, ...]]


def dependency_order(instances: Sequence[InstanceKey], edges: Mapping[InstanceKey, Sequence[Edge]]) -> DependencyOrder:
    """The order of `instances`, otherwise as given; hops to others than these do not count."""
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
    """Everything that `start` needs, and then itself. A loop and no recursion: chains may be long."""
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
