"""In which order instances are read: those first whose outputs others need, and where they wait in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from scfdeploy.diagnostics import Span


class Key(NamedTuple):
    """What names an instance among all."""

    app: str
    stage: str
    name: str


class Hop(NamedTuple):
    """One instance needs another, and where its file says so."""

    asking: Key
    asked: Key
    span: Span


class Order(NamedTuple):
    """All instances, what is needed before who needs it. `circles` are ways round, by the hop that closes each."""

    instances: tuple[Key, ...]
    circles: dict[tuple[Key, Key], tuple[Hop, ...]]


def in_order(instances: Sequence[Key], hops: Mapping[Key, Sequence[Hop]]) -> Order:
    """The order of `instances`, otherwise as given; hops to others than these do not count."""
    known = frozenset(instances)
    done: dict[Key, None] = {}
    circles: dict[tuple[Key, Key], tuple[Hop, ...]] = {}
    for instance in instances:
        if instance not in done:
            _walk(instance, known, hops, done, circles)
    return Order(tuple(done), circles)


def _walk(
    start: Key,
    known: frozenset[Key],
    hops: Mapping[Key, Sequence[Hop]],
    done: dict[Key, None],
    circles: dict[tuple[Key, Key], tuple[Hop, ...]],
) -> None:
    """Everything that `start` needs, and then itself. A loop and no recursion: chains may be long."""
    trail: list[Hop] = []
    on_trail = {start: 0}
    pending: list[tuple[Key, Iterator[Hop]]] = [(start, iter(hops.get(start, ())))]
    while pending:
        current, rest = pending[-1]
        hop = next((hop for hop in rest if hop.asked in known and hop.asked not in done), None)
        if hop is None:
            pending.pop()
            done[current] = None
            del on_trail[current]
            if trail:
                trail.pop()
        elif hop.asked in on_trail:
            circles[current, hop.asked] = (*trail[on_trail[hop.asked] :], hop)
        else:
            trail.append(hop)
            on_trail[hop.asked] = len(trail)
            pending.append((hop.asked, iter(hops.get(hop.asked, ()))))
