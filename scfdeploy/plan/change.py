"""The plan as plain data: it can be printed, saved, compared in a test and applied later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scfdeploy.diagnostics import Finding, message
from scfdeploy.model import Address, Owner, ProjectKey, Value


class Action(StrEnum):
    """What happens to one resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    NO_OP = "no-op"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One setting that changes. `path` uses the words of serverless.yml: `environment.variables.LANG`.

    `before` is None for what was not there, `after` None for what goes. What is `sensitive` is never shown.
    """

    path: str
    before: Value
    after: Value
    sensitive: bool = False
    forces_replace: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one resource, and why.

    `settings` are the desired settings in normal form, all that are written (empty for a deletion); `fields` those that
    differ. `requires` are addresses whose changes must have succeeded before. `warnings` say what is lost.
    `owner` is the mark the resource is to carry. `sensitive` are the paths of settings that must not be shown.
    """

    address: Address
    action: Action
    reason: str
    fields: tuple[FieldChange, ...] = ()
    settings: Mapping[str, Value] = field(default_factory=dict)
    owner: Owner | None = None
    requires: tuple[Address, ...] = ()
    warnings: tuple[str, ...] = ()
    sensitive: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A change that policy forbids: shown with the plan, which then cannot be applied."""

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
class Plan:
    """Every change of one project in the order to show them; a deletion may come first.

    `unmanaged` is what was seen and is not ours to touch, as (address, words). `observed_digest` identifies the state
    of the cloud that the plan was made from.
    """

    project: ProjectKey
    changes: tuple[Change, ...]
    rejected: tuple[Refusal, ...] = ()
    unmanaged: tuple[tuple[Address, str], ...] = ()
    observed_digest: str = ""
    format: int = 1

    def count(self, action: Action) -> int:
        """How many changes are of this kind."""
        return sum(change.action is action for change in self.changes)

    @property
    def has_changes(self) -> bool:
        """Whether applying it would do anything."""
        return any(change.action is not Action.NO_OP for change in self.changes)
