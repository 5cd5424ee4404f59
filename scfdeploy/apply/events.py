"""The outcomes of changes, and the events of a run, which displays listen to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeAlias

from scfdeploy.model import Address, Value
from scfdeploy.plan import Action
from scfdeploy.records import dataclass, field


class Status(StrEnum):
    """How one change ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"


class Effect(StrEnum):
    """What a change is known to have done in the cloud."""

    NONE = "none"  # no request was accepted
    CONFIRMED = "confirmed"  # every step is done
    PARTIAL = "partial"  # some steps are done; the others were not started or were rejected
    ACCEPTED = "accepted"  # the last request was accepted; its completion was not observed
    UNKNOWN = "unknown"  # the last request was sent; its response was not received


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a change did not succeed."""

    code: str
    """The cloud's error code, or the reason why the change was skipped or stopped; empty for a local error."""
    message: str
    request_id: str = ""
    retryable: bool = False
    """Whether another run may succeed."""
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one change."""

    address: Address
    action: Action
    status: Status
    seconds: float = 0.0
    """Elapsed time."""
    request_ids: tuple[str, ...] = ()
    error: Failure | None = None
    """None on success. For a skipped change it names the dependency that failed."""
    outputs: Mapping[str, Value] = field(default_factory=dict)
    """Values known only after the change, by the attribute of a Ref, such as the `version` of a function."""
    half_replaced: bool = False
    """The old resource is deleted, and the new one is incomplete."""
    effect: Effect = Effect.NONE

    def __post_init__(self) -> None:
        if self.status is Status.SUCCEEDED:
            object.__setattr__(self, "effect", Effect.CONFIRMED)

    @property
    def may_have_changed(self) -> bool:
        """Whether the change may have had an effect in the cloud."""
        return self.half_replaced or self.effect is not Effect.NONE


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run of `total` changes begins."""

    total: int


@dataclass(frozen=True, slots=True)
class ChangeStarted:
    """A change begins."""

    address: Address
    action: Action


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step of a change begins."""

    address: Address
    title: str


@dataclass(frozen=True, slots=True)
class Uploading:
    """`sent` of `of` bytes of an upload are complete."""

    address: Address
    title: str
    sent: int
    of: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A write was accepted; the resource is not ready yet."""

    address: Address
    title: str


@dataclass(frozen=True, slots=True)
class Retrying:
    """A call failed with a transient error; the next attempt starts after `delay_s`."""

    address: Address
    title: str
    code: str
    delay_s: float


@dataclass(frozen=True, slots=True)
class ChangeFinished:
    """A change ended or was skipped."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Stopping:
    """The user asked to stop: no change starts, and `under_way` changes have at most `seconds` to complete."""

    under_way: int
    seconds: float


Event: TypeAlias = RunStarted | ChangeStarted | StepStarted | Uploading | Waiting | Retrying | ChangeFinished | Stopping
Listener: TypeAlias = Callable[[Event], None]
"""Receives events, from several threads."""
