"""Limit a plan to the resources that --target names."""

from __future__ import annotations

from collections.abc import Iterable

from scfdeploy.diagnostics import ScfDeployError, did_you_mean, message
from scfdeploy.model import Address
from scfdeploy.plan.change import Action
from scfdeploy.plan.edges import EdgeReason, PlanFragment, needs_by_source

_CREATING = (Action.CREATE, Action.REPLACE)


def targeted(
    fragment: PlanFragment, targets: tuple[Address, ...], *, known: Iterable[Address] = (), suggests: bool = True
) -> PlanFragment:
    """The changes of targeted resources, or all of them without targets.

    Included are also the creations, the deletions and the unknown values on which they depend, and all that belongs to
    a replaced function. Raises ScfDeployError for a target that is neither in the plan nor in `known`; its hint
    proposes a similar address only if `suggests`, which is unsafe for a deletion.
    """
    if not targets:
        return fragment
    _check(fragment, targets, known, suggests=suggests)
    named = {change.address for change in fragment.changes if _covers(targets, change.address)}
    created = {change.address for change in fragment.changes if change.action in _CREATING}
    selected = named | {address.of for address in named if address.of in created}
    selected |= _needed(fragment, selected)
    replaced = {change.address for change in fragment.changes if change.action is Action.REPLACE} & selected
    changes = tuple(
        change for change in fragment.changes if change.address in selected or change.address.of in replaced
    )
    addresses = {change.address for change in changes}
    functions = {address.of for address in targets}
    functions |= {
        edge.needs.of for edge in fragment.edges if edge.reason is EdgeReason.REFERENCE and edge.source in addresses
    }
    return PlanFragment(
        changes,
        tuple(refusal for refusal in fragment.rejected if refusal.address.of in functions),
        tuple(note for note in fragment.unmanaged if _covers(targets, note[0])),
        fragment.edges,
    )


def _needed(fragment: PlanFragment, selected: set[Address]) -> set[Address]:
    """The changes without which the selected ones cannot succeed, directly or indirectly."""
    by_address = {change.address: change for change in fragment.changes if change.action is not Action.NO_OP}
    by_source = needs_by_source(fragment.edges)
    needed: set[Address] = set()
    waiting = list(selected & by_address.keys())
    while waiting:
        change = by_address[waiting.pop()]
        needs = {
            edge.needs
            for edge in by_source.get(change.address, ())
            if edge.needs in by_address
            and (
                edge.reason is EdgeReason.REFERENCE
                or change.action is Action.DELETE
                or by_address[edge.needs].action in _CREATING
            )
        }
        new = needs - needed - selected
        needed |= new
        waiting += new
    return needed


def _covers(targets: tuple[Address, ...], address: Address) -> bool:
    return address in targets or address.of in targets


def _check(fragment: PlanFragment, targets: tuple[Address, ...], known: Iterable[Address], *, suggests: bool) -> None:
    addresses = {change.address for change in fragment.changes} | {refusal.address for refusal in fragment.rejected}
    addresses |= {address for address, _ in fragment.unmanaged} | set(known)
    for target in targets:
        if target not in addresses:
            suggestion = did_you_mean(str(target), [str(address) for address in addresses]) if suggests else None
            raise ScfDeployError(
                message("--target {target}: the project has no such resource", target=target),
                hint=suggestion or message("`plan` without --target lists all resources."),
            )
