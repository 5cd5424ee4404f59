"""Dependencies between changes, fragments of a plan that contain them, and the order that respects them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Address, Instance, Project
from scfdeploy.plan.change import Action, Change, Refusal
from scfdeploy.plan.resolve import references
from scfdeploy.records import dataclass, replace


class EdgeReason(StrEnum):
    """Why the change of one resource must come after that of another."""

    PARENT = "it belongs to that resource"
    NAMESPACE = "it is created in that namespace"
    CAPACITY = "that deletion frees capacity for it"
    UNBIND = "that trigger would remain without a function"
    IN_USE = "that function uses it until then"
    RESERVED = "provisioned concurrency is part of reserved concurrency"
    PROVISIONED = "calls reach a version after its instances are ready"
    ALIAS = "it calls that alias"
    ROUTE = "it routes calls to that resource"
    UNROUTE = "that domain routes calls to it until then"
    INSTANCE = "its instance uses outputs of that instance"
    REFERENCE = "its settings contain a value of that resource"


@dataclass(frozen=True, slots=True)
class Edge:
    """The change of `source` starts after that of `needs` has succeeded, if the plan has both."""

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
    """Functions and layers depend on those of the instances whose outputs their instance uses."""
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
    by_source: dict[Address, list[Edge]] = {}
    for edge in edges:
        by_source.setdefault(edge.source, []).append(edge)
    return {source: tuple(own) for source, own in by_source.items()}


def in_order(changes: Iterable[Change], edges: Iterable[Edge]) -> tuple[Change, ...]:
    """The changes with `requires` from the edges, each after those that it requires.

    Edges to resources that do not change are dropped. Otherwise the order of changes stays, with deletions of functions
    at the end. Raises ScfDeployError for a cycle.
    """
    changes = sorted(changes, key=lambda change: change.action is Action.DELETE and change.address.kind.is_deleted_last)
    active = {change.address for change in changes if change.action is not Action.NO_OP}
    by_source = needs_by_source(edge for edge in edges if edge.source in active and edge.needs in active)
    by_address = {change.address: replace(change, requires=_requires(change.address, by_source)) for change in changes}
    sorted_changes: dict[Address, Change] = {}
    for address in by_address:
        _visit(address, by_address, sorted_changes, ())
    return tuple(sorted_changes.values())


def _requires(source: Address, by_source: Mapping[Address, tuple[Edge, ...]]) -> tuple[Address, ...]:
    needed = dict.fromkeys(edge.needs for edge in by_source.get(source, ()))
    return tuple(address for address in needed if address != source)


def _visit(
    address: Address,
    by_address: Mapping[Address, Change],
    sorted_changes: dict[Address, Change],
    path: tuple[Address, ...],
) -> None:
    """Append the change of `address` after those that it requires; `path` leads here from an earlier change."""
    if address in sorted_changes:
        return
    if address in path:
        cycle = " -> ".join(str(step) for step in (*path[path.index(address) :], address))
        raise ScfDeployError(
            message("Dependency cycle: {cycle}", cycle=cycle), hint=message("Remove one of the references.")
        )
    for required in by_address[address].requires:
        _visit(required, by_address, sorted_changes, (*path, address))
    sorted_changes[address] = by_address[address]


def _resources(instance: Instance) -> list[Address]:
    return [*(layer.address for layer in instance.layers), *(function.address for function in instance.functions)]
