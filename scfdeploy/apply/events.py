"""What happens during an apply, as typed events; every display is a listener. They arrive from several threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from scfdeploy.apply.outcome import Outcome
from scfdeploy.model import Address
from scfdeploy.plan import Action


@dataclass(frozen=True, slots=True)
class RunStarted:
    """`total` changes are to be made."""

    total: int


@dataclass(frozen=True, slots=True)
class ChangeStarted:
    """One change begins."""

    address: Address
    action: Action


@dataclass(frozen=True, slots=True)
class StepStarted:
    """One write of a change begins: `title` says which, in a few words."""

    address: Address
    title: str


@dataclass(frozen=True, slots=True)
class Uploading:
    """A part of an upload is done: `sent` bytes of `of` are in the cloud."""

    address: Address
    title: str
    sent: int
    of: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A write was accepted; the resource has to settle."""

    address: Address
    title: str


@dataclass(frozen=True, slots=True)
class Retrying:
    """A call failed in a way that may pass; the next try comes after `delay_s` seconds."""

    address: Address
    title: str
    code: str
    delay_s: float


@dataclass(frozen=True, slots=True)
class ChangeFinished:
    """One change ended, or was skipped."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Stopping:
    """The user asked to stop: nothing new starts, and `under_way` changes are waited for, `seconds` at most."""

    under_way: int
    seconds: float


Event: TypeAlias = RunStarted | ChangeStarted | StepStarted | Uploading | Waiting | Retrying | ChangeFinished | Stopping
Listener: TypeAlias = Callable[[Event], None]
