"""The result of one change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scfdeploy.model import Address, Value
from scfdeploy.plan import Action


class Status(StrEnum):
    """How one change ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"


class Effect(StrEnum):
    """What is known of the change in the cloud, whatever its status."""

    NONE = "none"  # no request was accepted
    CONFIRMED = "confirmed"  # all of it is done
    PARTIAL = "partial"  # some of its steps are done, the rest was not started or was rejected
    ACCEPTED = "accepted"  # the last request was accepted, and its end was not seen
    UNKNOWN = "unknown"  # the last request was sent, and its response was not seen


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a change did not succeed: the cloud's code and message, the request id to quote, whether to try again.

    `hint` says what to do, where somebody knows.
    """

    code: str
    message: str
    request_id: str = ""
    retryable: bool = False
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one change. A skipped one has a Failure that names what it waited for; `seconds` is wall time.

    `known` is what only carrying it out could tell, by the attribute of a Ref: `version` of a function.
    `half_replaced` says that the old one is deleted and the new one not complete.
    """

    address: Address
    action: Action
    status: Status
    seconds: float = 0.0
    request_ids: tuple[str, ...] = ()
    error: Failure | None = None
    known: Mapping[str, Value] = field(default_factory=dict)
    half_replaced: bool = False
    effect: Effect = Effect.NONE

    def __post_init__(self) -> None:
        if self.status is Status.SUCCEEDED:
            object.__setattr__(self, "effect", Effect.CONFIRMED)

    @property
    def may_have_changed(self) -> bool:
        """Whether anything of it may be in the cloud."""
        return self.status is Status.SUCCEEDED or self.half_replaced or self.effect is not Effect.NONE
