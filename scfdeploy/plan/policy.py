"""Who owns a resource, and what policy allows to do with it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import TypeAlias

from scfdeploy.diagnostics import Finding, Severity, message
from scfdeploy.model import Address, Owner, Resource, Value
from scfdeploy.plan.change import FieldChange, Refusal
from scfdeploy.records import dataclass

_OWNERSHIP_REASON = "A project does not change a resource that it does not own: other people may rely on it."

NOT_OWNED = Finding(
    "not-owned",
    Severity.ERROR,
    "Resource is not managed by this project",
    detail="already exists and is not managed by this project",
    hint="Take it over with --adopt, or choose another name.",
    title="A function without an owner.",
    what="The function exists and has no ownership tags of any project.",
    why=_OWNERSHIP_REASON,
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
    why=_OWNERSHIP_REASON,
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
    why="Adopting must not destroy a resource that other people rely on.",
    wrong="`--adopt` with a different runtime in the file than the function has.",
    right="First a file that agrees with the function, then `--adopt`, then the change.",
)

Target: TypeAlias = "Address | str"
"""An address, or the name or pattern of functions and layers."""


def parse_target(text: str) -> Target:
    """The target that a text names. Raises ValueError for a text that names nothing."""
    if not text.strip("/ "):
        raise ValueError("a target is empty; give a name, a pattern or an address")
    try:
        return Address.parse(text) if set(text).isdisjoint("*?[") else text
    except ValueError:
        return text


@dataclass(frozen=True, slots=True)
class Policy:
    """What the user allows."""

    adopt: bool = False
    """Take ownership of resources that nobody owns, or another instance of the project."""
    prune: bool = False
    """Delete owned resources that no file lists, and manually created triggers."""
    targets: tuple[Target, ...] = ()
    """If not empty, the only resources to plan: addresses, names and patterns. A function includes all that belongs to
    it."""
    keep: int | None = None
    """How many of the newest versions of a layer to keep; None for all."""
    instances: tuple[str, ...] = ()
    """The instances that --instance names."""


class Ownership(Enum):
    """Who owns a resource, seen from one instance of a project."""

    OWNED = auto()
    OTHER_INSTANCE = auto()
    UNOWNED = auto()
    OTHER_PROJECT = auto()


def ownership(current: Owner | None, *, desired: Owner) -> Ownership:
    """The ownership of a resource of the owner `current`, for the project that wants it to be `desired`."""
    if current is None:
        return Ownership.UNOWNED
    if current == desired:
        return Ownership.OWNED
    return Ownership.OTHER_INSTANCE if current.same_project(desired) else Ownership.OTHER_PROJECT


def refusal(resource: Resource, *, desired: Owner, policy: Policy) -> Refusal | None:
    """Why a resource in the files must not be changed, or None when it can be."""
    current = resource.owner
    match ownership(current, desired=desired):
        case Ownership.UNOWNED if not policy.adopt:
            return Refusal.of(NOT_OWNED, resource.address)
        case Ownership.OTHER_PROJECT if current:
            return Refusal.of(
                OWNED_BY_ANOTHER,
                resource.address,
                app=current.app,
                stage=current.stage,
                instance=current.instance,
                own_app=desired.app,
                own_stage=desired.stage,
            )
        case Ownership.OTHER_INSTANCE if current and not policy.adopt:
            return Refusal.of(
                OWNED_BY_ANOTHER,
                resource.address,
                reason='belongs to instance "{instance}" of app "{app}", stage "{stage}", not to instance '
                '"{own_instance}"',
                hint='Choose another name, or move it to "{own_instance}" with --adopt if no file of "{instance}" '
                "lists it any more.",
                instance=current.instance,
                app=current.app,
                stage=current.stage,
                own_instance=desired.instance,
            )
    return None


def ownership_tag_changes(resource: Resource, *, desired: Owner) -> tuple[tuple[FieldChange, ...], str]:
    """The ownership tags that change, and why; empty for a resource that is owned."""
    current = resource.owner
    before: Mapping[str, Value] = current.as_tags() if current else {}
    changes = tuple(
        FieldChange(f"tags.{key}", before.get(key), text)
        for key, text in desired.as_tags().items()
        if before.get(key) != text
    )
    match ownership(current, desired=desired):
        case Ownership.UNOWNED:
            return changes, message("adopt: exists without an ownership tag and becomes owned by this project")
        case Ownership.OTHER_INSTANCE if current:
            reason = message(
                'its ownership moves from instance "{before}" to "{now}"',
                before=current.instance,
                now=desired.instance,
            )
            return changes, reason
    return changes, ""


def refused_replacement(resource: Resource, cause: str) -> Refusal:
    """The refusal to replace a resource that this instance does not own yet."""
    owner = (
        message('belongs to instance "{instance}"', instance=resource.owner.instance)
        if resource.owner
        else message("is not managed by this project")
    )
    return Refusal.of(ADOPT_WOULD_REPLACE, resource.address, owner=owner, cause=cause)
