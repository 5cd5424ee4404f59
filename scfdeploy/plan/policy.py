"""Whose a resource is, and what policy allows to be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from scfdeploy.model import Address, Owner, Resource
from scfdeploy.plan.change import Refusal


@dataclass(frozen=True, slots=True)
class Policy:
    """What the user allows.

    `adopt` takes over functions that carry no mark, or that of another instance of the project. `prune` deletes what
    carries our mark and no file names, and triggers made by hand. `targets`, when there are any, are the only addresses
    to plan; a function's address includes its triggers and asynchronous settings. `keep` is how many of the newest
    versions of a layer stay, None for all. `instances` are those that are named with --instance.
    """

    adopt: bool = False
    prune: bool = False
    targets: tuple[Address, ...] = ()
    keep: int | None = None
    instances: tuple[str, ...] = ()


class Standing(Enum):
    """Whose a resource is, seen from one project."""

    OURS = auto()
    OTHER_INSTANCE = auto()
    UNMARKED = auto()
    FOREIGN = auto()


def standing(mark: Owner | None, *, wanted: Owner) -> Standing:
    """Whose a resource with this mark is, for those who would mark it `wanted`."""
    if mark is None:
        return Standing.UNMARKED
    if mark == wanted:
        return Standing.OURS
    return Standing.OTHER_INSTANCE if mark.same_project(wanted) else Standing.FOREIGN


def refusal(resource: Resource, *, wanted: Owner, policy: Policy) -> Refusal | None:
    """Why a resource that the files name must not be touched, or None when it may be changed."""
    match standing(resource.owner, wanted=wanted):
        case Standing.FOREIGN:
            return _owned_by_another(resource, wanted)
        case Standing.OTHER_INSTANCE if not policy.adopt:
            return _owned_by_instance(resource, wanted)
        case Standing.UNMARKED if not policy.adopt:
            return Refusal(
                resource.address,
                "not-owned",
                "already exists and is not managed by this project",
                "Take it over with --adopt, or choose another name.",
            )
    return None


def refused_replacement(resource: Resource, cause: str) -> Refusal:
    """The refusal to delete and make again what is not ours yet."""
    owner = resource.owner
    whose = f'belongs to instance "{owner.instance}"' if owner else "is not managed by this project"
    return Refusal(
        resource.address,
        "adopt-would-replace",
        f"{whose}, and taking it over would delete it: {cause}",
        "Make the file agree with the function, take it over with --adopt, and change it afterwards.",
    )


def _owned_by_another(resource: Resource, wanted: Owner) -> Refusal:
    mark = resource.owner or wanted
    return Refusal(
        resource.address,
        "owned-by-another",
        f'belongs to app "{mark.app}", stage "{mark.stage}" (instance "{mark.instance}"), not to app "{wanted.app}", '
        f'stage "{wanted.stage}"',
        "Choose another name or namespace, or remove it from the other project first.",
    )


def _owned_by_instance(resource: Resource, wanted: Owner) -> Refusal:
    mark = resource.owner or wanted
    return Refusal(
        resource.address,
        "owned-by-another",
        f'belongs to instance "{mark.instance}" of app "{mark.app}", stage "{mark.stage}", not to instance '
        f'"{wanted.instance}"',
        f'Choose another name, or move it to "{wanted.instance}" with --adopt if no file of "{mark.instance}" names it '
        "any more.",
    )
