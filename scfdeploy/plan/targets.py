"""Limit a plan to the resources that --target names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from scfdeploy.diagnostics import ScfDeployError, message, nearest
from scfdeploy.model import Address
from scfdeploy.model.resource_kind import KINDS, NAMESPACE
from scfdeploy.plan.change import Action
from scfdeploy.plan.edges import EdgeReason, PlanFragment, needs_by_source
from scfdeploy.plan.policy import Target

_WILDCARDS = frozenset("*?[")
_CREATING = (Action.CREATE, Action.REPLACE)


def resolve_targets(
    fragment: PlanFragment, targets: tuple[Target, ...], *, known: Iterable[Address] = (), suggests: bool = True
) -> tuple[Address, ...]:
    """The addresses that targets stand for, sorted for each pattern.

    A target is an address, the name of a function or layer, or a pattern of either with `*`, `?` and `[…]`. Raises
    ScfDeployError for one that matches nothing in the plan and in `known`, and for a name that several resources have.
    The hint proposes similar names only if `suggests`, which is unsafe for a deletion.
    """
    if not targets:
        return ()
    addresses = {change.address for change in fragment.changes} | {refusal.address for refusal in fragment.rejected}
    addresses |= {address for address, _ in fragment.unmanaged} | set(known)
    resolved = {address: None for target in targets for address in _matching(target, addresses, suggests=suggests)}
    return tuple(resolved)


def _matching(target: Target, addresses: Collection[Address], *, suggests: bool) -> Sequence[Address]:
    if isinstance(target, Address):
        if target not in addresses:
            raise _no_match(str(target), [str(address) for address in addresses] if suggests else ())
        return (target,)
    matches = [address for address in addresses if str(address) == target]  # a name in it can have a wildcard
    matches = matches or sorted(address for address in addresses if matches_target(target, address))
    if not matches:
        names = {text for address in addresses for text in (*target_names(address), str(address))}
        raise _no_match(target, names if suggests else ())
    if len(matches) > 1 and not _WILDCARDS & set(target):
        raise ScfDeployError(
            message("--target {target}: several resources have that name", target=target),
            hint=message("Write one of their addresses: {names}.", names=", ".join(map(str, matches))),
        )
    return matches


def matches_target(target: str, address: Address) -> bool:
    """Whether a name or a pattern matches a resource."""
    from fnmatch import fnmatchcase

    if target.partition("/")[0] in KINDS and "/" in target and fnmatchcase(str(address), target):
        return True
    return any(fnmatchcase(name, target) for name in target_names(address))


def target_names(address: Address) -> tuple[str, ...]:
    """The names of a function or a layer; what belongs to a function has none."""
    if address.kind.belongs_to_function or address.kind is NAMESPACE:
        return ()
    if address.function:
        return (address.function, f"{address.namespace}/{address.function}")
    return (address.name,)


def _no_match(target: str, names: Collection[str]) -> ScfDeployError:
    from difflib import get_close_matches

    best = nearest(target, names)
    near = [best] if best is not None else get_close_matches(target, sorted(names), n=3)
    return ScfDeployError(
        message("--target {target}: the project has no such resource", target=target),
        hint=message("Did you mean {names}?", names=", ".join(f'"{name}"' for name in near))
        if near
        else message("`plan` without --target lists all resources."),
    )


def targeted(fragment: PlanFragment, targets: tuple[Address, ...]) -> PlanFragment:
    """The changes of targeted resources, or all of them without targets.

    Included are also the creations, the deletions and the unknown values on which they depend, and all that belongs to
    a replaced function.
    """
    if not targets:
        return fragment
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
