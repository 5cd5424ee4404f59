"""The order of instances: each comes after those whose outputs it takes, and is removed before them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from scfdeploy.model import Address, Instance, Project
from scfdeploy.plan.change import Change
from scfdeploy.plan.part import Part

Waits = Mapping[Address, tuple[Address, ...]]


def after_what_they_need(project: Project, part: Part) -> Part:
    """The part, whose functions and layers wait for those of the instances that theirs takes something from."""
    return replace(part, changes=_waiting(part.changes, dict(_pairs(project))))


def before_what_they_need(project: Project, part: Part) -> Part:
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
