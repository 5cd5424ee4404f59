"""Dependencies between changes, and an order that respects them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import replace

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, Instance, Project
from scfdeploy.plan.change import Action, Change
from scfdeploy.plan.fragment import PlanFragment
from scfdeploy.plan.resolve import references


def linked(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes, each requiring only what really changes in the same plan (also what its values refer to), and
    ordered so that what is required comes first. Otherwise their order stays, deletions of functions at the end.

    Raises ScfDeployError when they wait for each other in a circle.
    """  # noqa: D205
    found = tuple(changes)
    active = {change.address for change in found if change.action is not Action.NO_OP}
    linked_changes = [dataclasses.replace(change, requires=_requires(change, active)) for change in found]
    return _ordered(sorted(linked_changes, key=_is_last))


def _requires(change: Change, active: set[Address]) -> tuple[Address, ...]:
    if change.action is Action.NO_OP:
        return ()
    referred = (reference.address for reference in references(change.settings))
    wanted = dict.fromkeys((*change.requires, *referred))
    return tuple(address for address in wanted if address in active and address != change.address)


def _is_last(change: Change) -> bool:
    return change.action is Action.DELETE and change.address.kind == "function"


def _ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
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
        circle = " -> ".join(str(step) for step in (*above[above.index(address) :], address))
        raise ScfDeployError(f"These resources wait for each other: {circle}", hint="Break the circle of references.")
    for required in by_address[address].requires:
        _visit(required, by_address, done, (*above, address))
    done[address] = by_address[address]


Waits = Mapping[Address, tuple[Address, ...]]


def after_what_they_need(project: Project, part: PlanFragment) -> PlanFragment:
    """The part, whose functions and layers wait for those of the instances that theirs takes something from."""
    return replace(part, changes=_waiting(part.changes, dict(_pairs(project))))


def before_what_they_need(project: Project, part: PlanFragment) -> PlanFragment:
    """The part, in which functions and layers are removed only after those of the instances that need theirs."""
    needed_by: dict[Address, tuple[Address, ...]] = {}
    for own, needed in _pairs(project):
        for address in needed:
            needed_by[address] = (*needed_by.get(address, ()), own)
    return replace(part, changes=_waiting(part.changes, needed_by))


def _waiting(changes: tuple[Change, ...], waits: Waits) -> tuple[Change, ...]:
    if not waits:
        return changes
    return tuple(
        replace(change, requires=(*change.requires, *waits[change.address])) if change.address in waits else change
        for change in changes
    )


def _pairs(project: Project) -> Iterable[tuple[Address, tuple[Address, ...]]]:
    """Each function and layer that needs others, with these."""
    by_name = {instance.name: instance for instance in project.instances if any(_all(instance))}
    for instance in project.instances:
        needed = tuple(address for name in instance.needs if name in by_name for address in _all(by_name[name]))
        if needed and instance.name not in instance.needs:
            yield from ((own, needed) for own in _all(instance))


def _all(instance: Instance) -> list[Address]:
    return [*(layer.address for layer in instance.layers), *(function.address for function in instance.functions)]
