"""Dependencies between changes as data, and the order of changes that respects them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, Instance, Project
from scfdeploy.plan.change import Action, Change, Refusal
from scfdeploy.plan.resolve import references


class EdgeReason(StrEnum):
    """Why one change waits for another."""

    PARENT = "it belongs to that resource"
    NAMESPACE = "it is created in that namespace"
    CAPACITY = "that deletion makes room for it"
    UNBIND = "that trigger would outlive it"
    IN_USE = "that function uses it until then"
    RESERVED = "provisioned concurrency is part of reserved concurrency"
    PROVISIONED = "calls reach a version after its instances are ready"
    ALIAS = "it calls that alias"
    INSTANCE = "its instance takes outputs from that instance"
    REFERENCE = "its settings contain a value of that resource"


@dataclass(frozen=True, slots=True)
class Edge:
    """The change of `source` starts after that of `needs` has succeeded, where the plan has both."""

    source: Address
    needs: Address
    reason: EdgeReason


@dataclass(frozen=True, slots=True)
class PlanFragment:
    """The part of a plan that planning one resource returns: changes, and the dependencies between them."""

    changes: tuple[Change, ...] = ()
    rejected: tuple[Refusal, ...] = ()
    unmanaged: tuple[tuple[Address, str], ...] = ()
    """As in `Plan`."""
    edges: tuple[Edge, ...] = ()


def merge(fragments: Iterable[PlanFragment]) -> PlanFragment:
    """All fragments as one, in their order."""
    all_fragments = tuple(fragments)
    return PlanFragment(
        tuple(change for fragment in all_fragments for change in fragment.changes),
        tuple(refusal for fragment in all_fragments for refusal in fragment.rejected),
        tuple(note for fragment in all_fragments for note in fragment.unmanaged),
        tuple(edge for fragment in all_fragments for edge in fragment.edges),
    )


def reference_edges(changes: Iterable[Change]) -> Iterator[Edge]:
    """An edge for each value in the settings of a change that another resource provides."""
    for change in changes:
        for reference in references(change.settings):
            yield Edge(change.address, reference.address, EdgeReason.REFERENCE)


def instance_edges(project: Project) -> Iterator[Edge]:
    """Functions and layers depend on those of the instances whose outputs theirs takes."""
    by_name = {instance.name: instance for instance in project.instances if any(_resources(instance))}
    for instance in project.instances:
        if instance.name in instance.needs:
            continue
        for own in _resources(instance):
            for name in instance.needs:
                if name in by_name:
                    yield from (Edge(own, needed, EdgeReason.INSTANCE) for needed in _resources(by_name[name]))


def reversed_edges(edges: Iterable[Edge]) -> Iterator[Edge]:
    """The same edges for a deletion: a resource is deleted after those that depend on it."""
    return (Edge(edge.needs, edge.source, edge.reason) for edge in edges)


def needs_by_source(edges: Iterable[Edge]) -> Mapping[Address, tuple[Edge, ...]]:
    """The edges of each change, in the order in which they were added."""
    found: dict[Address, list[Edge]] = {}
    for edge in edges:
        found.setdefault(edge.source, []).append(edge)
    return {source: tuple(of_source) for source, of_source in found.items()}


def in_order(changes: Iterable[Change], edges: Iterable[Edge]) -> tuple[Change, ...]:
    """The changes with `requires` filled in from the edges, ordered so that what is required comes first.

    An edge to a resource that does not change is dropped. Otherwise the order of changes stays, with deletions of
    functions at the end. Raises ScfDeployError for a cycle.
    """
    found = tuple(changes)
    active = {change.address for change in found if change.action is not Action.NO_OP}
    by_source = needs_by_source(edge for edge in edges if edge.source in active and edge.needs in active)
    linked = [replace(change, requires=_requires(change.address, by_source)) for change in found]
    return _sorted(sorted(linked, key=_comes_last))


def _requires(source: Address, by_source: Mapping[Address, tuple[Edge, ...]]) -> tuple[Address, ...]:
    needed = dict.fromkeys(edge.needs for edge in by_source.get(source, ()))
    return tuple(address for address in needed if address != source)


def _comes_last(change: Change) -> bool:
    return change.action is Action.DELETE and change.address.kind.is_deleted_last


def _sorted(changes: Iterable[Change]) -> tuple[Change, ...]:
    by_address = {change.address: change for change in changes}
    done: dict[Address, Change] = {}
    for address in by_address:
        _visit(address, by_address, done, ())
    return tuple(done.values())


def _visit(
    address: Address, by_address: Mapping[Address, Change], done: dict[Address, Change], above: tuple[Address, ...]
) -> None:
    if address in done:
        return
    if address in above:
        cycle = " -> ".join(str(step) for step in (*above[above.index(address) :], address))
        raise ScfDeployError(f"Dependency cycle: {cycle}", hint="Remove one of the references.")
    for required in by_address[address].requires:
        _visit(required, by_address, done, (*above, address))
    done[address] = by_address[address]


def _resources(instance: Instance) -> list[Address]:
    return [*(layer.address for layer in instance.layers), *(function.address for function in instance.functions)]
