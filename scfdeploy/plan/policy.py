"""Whose a resource is, and what policy allows to be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from scfdeploy.diagnostics import Finding, Severity
from scfdeploy.model import Address, Owner, Resource
from scfdeploy.plan.change import Refusal

_OWNERSHIP = "A project does not change what it does not own: other people may rely on it."

NOT_OWNED = Finding(
    "not-owned",
    Severity.ERROR,
    "Resource is not managed by this project",
    detail="already exists and is not managed by this project",
    hint="Take it over with --adopt, or choose another name.",
    title="A function without an owner.",
    what="The function exists and has no ownership tags of any project.",
    why=_OWNERSHIP,
    wrong="`scfdeploy apply`, where a function of that name was created in the console.",
    right="`scfdeploy apply --adopt`, which takes ownership, or another name.",
)
OWNED_BY_ANOTHER = Finding(
    "owned-by-another",
    Severity.ERROR,
    "Resource of another project or instance",
    detail='belongs to app "{app}", stage "{stage}" (instance "{instance}"), not to app "{own_app}", '
    'stage "{own_stage}"',
    hint="Choose another name or namespace, or remove it from the other project first.",
    title="A function of another project or instance.",
    what="The function has the ownership tags of another app or stage, or of another instance of this one.",
    why=_OWNERSHIP,
    wrong="Two projects, or two instances of one app, with a function called `hello` in one namespace.",
    right="Another name or namespace, or the function removed from the other project first. A function that another "
    "instance of the same app no longer names is moved with `scfdeploy apply --adopt`.",
)
ADOPT_WOULD_REPLACE = Finding(
    "adopt-would-replace",
    Severity.ERROR,
    "Adopting would delete the resource",
    detail="{owner}, and taking it over would delete it: {cause}",
    hint="Make the file agree with the function, take it over with --adopt, and change it afterwards.",
    title="Adopting a function would delete it.",
    what="The function has no ownership tags, or those of another instance, and the file differs from it in a setting "
    "that cannot be changed in place.",
    why="Adopting must not destroy what other people may rely on.",
    wrong="`--adopt` with a different runtime in the file than the function has.",
    right="First a file that agrees with the function, then `--adopt`, then the change.",
)


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
            return Refusal.of(NOT_OWNED, resource.address)
    return None


def refused_replacement(resource: Resource, cause: str) -> Refusal:
    """The refusal to delete and make again what is not ours yet."""
    owner = resource.owner
    whose = f'belongs to instance "{owner.instance}"' if owner else "is not managed by this project"
    return Refusal.of(ADOPT_WOULD_REPLACE, resource.address, owner=whose, cause=cause)


def _owned_by_another(resource: Resource, wanted: Owner) -> Refusal:
    mark = resource.owner or wanted
    return Refusal.of(
        OWNED_BY_ANOTHER,
        resource.address,
        app=mark.app,
        stage=mark.stage,
        instance=mark.instance,
        own_app=wanted.app,
        own_stage=wanted.stage,
    )


def _owned_by_instance(resource: Resource, wanted: Owner) -> Refusal:
    mark = resource.owner or wanted
    return Refusal.of(
        OWNED_BY_ANOTHER,
        resource.address,
        reason='belongs to instance "{instance}" of app "{app}", stage "{stage}", not to instance "{own_instance}"',
        hint='Choose another name, or move it to "{own_instance}" with --adopt if no file of "{instance}" names it any '
        "more.",
        instance=mark.instance,
        app=mark.app,
        stage=mark.stage,
        own_instance=wanted.instance,
    )
