"""The plan as plain data, which can be printed, saved, compared in a test and applied later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from scfdeploy.diagnostics import Finding, message
from scfdeploy.model import Address, Owner, ProjectKey, Value
from scfdeploy.model.resource_kind import ResourceKind
from scfdeploy.records import dataclass, field


class Action(StrEnum):
    """The action of a change."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    NO_OP = "no-op"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One setting that changes."""

    path: str
    """In the words of serverless.yml, such as `environment.variables.LANG`."""
    before: Value
    """None if the setting is added."""
    after: Value
    """None if the setting is removed."""
    sensitive: bool = False
    """Whether the values must never be shown."""
    forces_replace: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one resource, and why."""

    address: Address
    action: Action
    reason: str
    fields: tuple[FieldChange, ...] = ()
    """The settings that differ."""
    settings: Mapping[str, Value] = field(default_factory=dict)
    """All desired settings in normal form; empty for a deletion."""
    owner: Owner | None = None
    """The owner of the resource after the change."""
    requires: tuple[Address, ...] = ()
    """Resources whose changes must succeed first."""
    warnings: tuple[str, ...] = ()
    """What is lost or stays broken."""
    sensitive: frozenset[str] = frozenset()
    """The paths of settings that must never be shown."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A change that policy forbids. A plan with a refusal can be shown but not applied."""

    address: Address
    rule: str
    reason: str
    hint: str

    @classmethod
    def of(
        cls,
        finding: Finding,
        address: Address,
        /,
        *,
        reason: str | None = None,
        hint: str | None = None,
        **values: object,
    ) -> Refusal:
        """The refusal for a finding. `reason` and `hint` are templates that replace the declared detail and hint."""
        return cls(
            address,
            finding.id,
            message(finding.detail if reason is None else reason, **values),
            message(finding.hint if hint is None else hint, **values),
        )


@dataclass(frozen=True, slots=True)
class RefreshSummary:
    """How much of the cloud a plan was made from, when it was not asked for all of it."""

    mode: str
    """`changed` or `auto`."""
    functions: int
    """The number of functions in the files that exist."""
    unread: int
    """How many of them were not read in full."""
    unread_resources: int
    """The same with all that belongs to these functions."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes of one project."""

    project: ProjectKey
    changes: tuple[Change, ...]
    """In the order in which they are shown: each after those that it requires."""
    rejected: tuple[Refusal, ...] = ()
    unmanaged: tuple[tuple[Address, str], ...] = ()
    """Existing resources that the plan does not change, each with the reason."""
    observed_digest: str = ""
    """Identifies the state of the cloud from which the plan was made."""
    targets: tuple[Address, ...] = ()
    """If not empty, the plan is partial: the resources that it was limited to."""
    refresh: RefreshSummary | None = None
    """None if everything was read."""
    format: int = 1

    def count(self, action: Action) -> int:
        """The number of changes with this action."""
        return sum(change.action is action for change in self.changes)

    @property
    def has_changes(self) -> bool:
        """Whether applying the plan changes anything."""
        return any(change.action is not Action.NO_OP for change in self.changes)


def changes_of(kind: ResourceKind, changes: Iterable[Change]) -> list[Change]:
    """The changes of one kind of resource."""
    return [change for change in changes if change.address.kind is kind]
