"""Keeps of a plan what was asked for with --target."""

from __future__ import annotations

from collections.abc import Iterable

from scfdeploy.diagnostics import ScfDeployError, did_you_mean
from scfdeploy.model import Address
from scfdeploy.plan.change import Action, Change
from scfdeploy.plan.edges import EdgeReason, PlanFragment, needs_by_source


def targeted(
    part: PlanFragment, targets: tuple[Address, ...], *, known: Iterable[Address] = (), suggests: bool = True
) -> PlanFragment:
    """The part of a plan that `targets` name; all of it when there are none.

    What has to be made before a targeted resource comes along, and so does what it takes a value from that is not known
    yet, and what has to go before it can. A function that is made anew brings all that belongs to it. Raises
    ScfDeployError for a target that is neither in the plan nor among `known`; without `suggests` it names no other
    target, so that nobody is led to delete it.
    """
    if not targets:
        return part
    _check(part, targets, known, suggests=suggests)
    named = {change.address for change in part.changes if _covers(targets, change.address)}
    made = {change.address for change in part.changes if change.action in (Action.CREATE, Action.REPLACE)}
    parents = {address.of for address in named if address.of in made}
    parents |= _needed(part, named | parents)
    replaced = {change.address for change in part.changes if change.action is Action.REPLACE} & (named | parents)
    kept = [
        change
        for change in part.changes
        if change.address in named or change.address in parents or _belongs(change, replaced)
    ]
    reach = {address.of for address in targets}
    kept_addresses = {change.address for change in kept}
    reach |= {
        edge.needs.of for edge in part.edges if edge.reason is EdgeReason.REFERENCE and edge.source in kept_addresses
    }
    return PlanFragment(
        tuple(kept),
        tuple(refusal for refusal in part.rejected if refusal.address.of in reach),
        tuple(note for note in part.unmanaged if _covers(targets, note[0])),
        part.edges,
    )


def _needed(fragment: PlanFragment, wanted: set[Address]) -> set[Address]:
    """The changes without which the `wanted` ones cannot succeed, directly or indirectly."""
    by_address = {change.address: change for change in fragment.changes if change.action is not Action.NO_OP}
    by_source = needs_by_source(fragment.edges)
    found: set[Address] = set()
    reach = list(wanted & by_address.keys())
    while reach:
        change = by_address[reach.pop()]
        needs = {
            edge.needs
            for edge in by_source.get(change.address, ())
            if edge.needs in by_address
            and (
                edge.reason is EdgeReason.REFERENCE
                or change.action is Action.DELETE
                or by_address[edge.needs].action in (Action.CREATE, Action.REPLACE)
            )
        }
        new = needs - found - wanted
        found |= new
        reach += new
    return found


def _belongs(change: Change, replaced: set[Address]) -> bool:
    return change.address.of in replaced


def _covers(targets: tuple[Address, ...], address: Address) -> bool:
    return address in targets or address.of in targets


def _check(part: PlanFragment, targets: tuple[Address, ...], known: Iterable[Address], *, suggests: bool) -> None:
    names = {change.address for change in part.changes} | {refusal.address for refusal in part.rejected}
    names |= {address for address, _ in part.unmanaged} | set(known)
    for target in targets:
        if target not in names:
            near = did_you_mean(str(target), [str(name) for name in names]) if suggests else None
            hint = near or "`plan` without --target lists what there is."
            raise ScfDeployError(f"--target {target}: the project has no such resource", hint=hint)
