"""The interface of a cloud provider: read resources, plan write steps, invoke functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.facts import error_code
from scfdeploy.model import Address, Observed, Value
from scfdeploy.model.code import DeployedCode
from scfdeploy.plan import Change


class ErrorKind(StrEnum):
    """What a failed call means for the caller."""

    REJECTED = "rejected"  # the request is invalid or not allowed: repeating it does not help
    THROTTLED = "throttled"  # not executed: too many requests
    BUSY = "busy"  # not executed: the resource is changing; wait until it is idle
    AMBIGUOUS = "ambiguous"  # may have been executed: network failure, internal error, lost response
    MISSING = "missing"  # the resource does not exist
    EXISTS = "exists"  # the resource already exists
    CONFLICT = "conflict"  # not sent: the resource changed after the plan was made

    @property
    def is_transient(self) -> bool:
        """Whether the same call may succeed later."""
        return self in (ErrorKind.THROTTLED, ErrorKind.BUSY, ErrorKind.AMBIGUOUS)


class CloudError(ScfDeployError):
    """A failed call, with the cloud's error code and message and the request id to quote to support.

    Without a `hint`, the advice that `facts` has for the error code is used.
    """

    def __init__(
        self, kind: ErrorKind, code: str, message: str, *, action: str, request_id: str = "", hint: str | None = None
    ) -> None:
        known = error_code(code)
        super().__init__(f"{action}: {message} ({code})", hint=hint or (f"{known.action}." if known else None))
        self.kind = kind
        self.code = code
        self.cloud_message = message
        self.action = action
        self.request_id = request_id

    @property
    def retryable(self) -> bool:
        """Whether another run may succeed."""
        return self.kind.is_transient or self.kind is ErrorKind.CONFLICT


class Readiness(StrEnum):
    """Whether a resource is ready after a write."""

    READY = "ready"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """How far an upload is, in bytes."""

    bytes: int
    of: int


@dataclass(frozen=True, slots=True)
class Step:
    """One write, and how to see what came of it. Every callable may raise CloudError.

    `run` makes the write and returns its request id. `took_effect` looks whether an earlier `run` whose answer was lost
    did its work. `readiness` looks whether the resource has settled; it raises CloudError (REJECTED) when it settled in
    a failed state. `idempotent` says that repeating `run` is harmless, so that nobody needs to look first. `outputs` is
    asked once the step is done for what only it could tell, by the attribute of a Ref. `upload_progress` is
    asked then too: how far an upload is, None when nothing had to be sent. `may_be_ready` is for a step that only waits
    for what others began: its readiness is looked at without a pause before. `prepares` is for what leaves the resource
    of the change as it is: the last look at that comes after.
    """

    title: str
    run: Callable[[], str]
    took_effect: Callable[[], bool] | None = None
    readiness: Callable[[], Readiness] | None = None
    idempotent: bool = False
    outputs: Callable[[], Mapping[str, Value]] | None = None
    upload_progress: Callable[[], UploadProgress | None] | None = None
    poll_immediately: bool = False
    before_refresh: bool = False


def wait_step(title: str, readiness: Callable[[], Readiness], *, before_refresh: bool = False) -> Step:
    """A step that writes nothing: it waits for what others may have begun, and looks without a pause before."""
    return Step(
        title, lambda: "", readiness=readiness, idempotent=True, poll_immediately=True, before_refresh=before_refresh
    )


@dataclass(frozen=True, slots=True)
class Query:
    """What to look at: `functions` with their triggers, and the asynchronous settings of those in `asynchronous`.

    Of those in `versions` the numbers of their published versions (a fact of the function, `versions`), of those in
    `published` also what the newest of them is (the fact `published`, with `settings` and `codeSha256`); the aliases,
    provisioned instances and reserved concurrency of those in `aliases`, `provisioned` and `reserved`.
    `code` asks for the hash of the deployed code. With `app` and `stage`, functions that carry that project's mark in
    the namespaces of `functions` are found too (`Observed.unlisted`), with `mounts` those of every namespace, and the
    settings of each; with `everywhere` those of every namespace without their settings; with `unlisted_layers` its
    layers as well. `namespaces` are those that may be missing.
    `known_code` are notes by the function's id: where one holds, the hash is taken from it and not asked for.
    """

    functions: tuple[Address, ...]
    asynchronous: frozenset[Address] = frozenset()
    versions: frozenset[Address] = frozenset()
    published: frozenset[Address] = frozenset()
    aliases: frozenset[Address] = frozenset()
    provisioned: frozenset[Address] = frozenset()
    reserved: frozenset[Address] = frozenset()
    code: bool = True
    app: str = ""
    stage: str = ""
    layers: tuple[Address, ...] = ()
    namespaces: tuple[str, ...] = ()
    unlisted_layers: bool = False
    mounts: bool = False
    everywhere: bool = False
    known_code: Mapping[str, DeployedCode] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Invocation:
    """What a call of a function gave. `result` is the return value read as JSON; `error` is None when it succeeded.

    `status_code` is the documented invocation status; duration is in milliseconds, memory in megabytes.
    """

    request_id: str
    result: Value = None
    error: tuple[str, str, str] | None = None
    status_code: int = 200
    duration_ms: float | None = None
    memory_mb: float | None = None
    log: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a function, `$LATEST` among them. `state` is the cloud's word; `published` as it writes times."""

    name: str
    description: str = ""
    published: str = ""
    state: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether an alias can lead to it."""
        return self.state not in ("PublishFailed", "Deleting", "DeleteFailed")


class Reader(Protocol):
    """Reads the cloud and changes nothing."""

    def observe(self, query: Query) -> Observed:
        """What exists of what was asked for. Raises CloudError."""

    def versions(self, function: Address) -> Sequence[Version]:
        """Its versions, `$LATEST` first, then by number. Raises CloudError."""

    def deployed_code(self, function: Address) -> bytes:
        """The archive that is deployed. Raises CloudError."""


class Writer(Protocol):
    """Says which calls carry out a change; whoever runs the steps makes them."""

    def create(self, change: Change) -> Sequence[Step]:
        """The steps that make the resource."""

    def update(self, change: Change) -> Sequence[Step]:
        """The steps that change `change.fields`, and nothing else."""

    def delete(self, change: Change) -> Sequence[Step]:
        """The steps that remove the resource."""


class Invoker(Protocol):
    """Calls functions."""

    def invoke(self, function: Address, event: str, *, qualifier: str, asynchronous: bool) -> Invocation:
        """Call it with `event`, JSON text. A function that fails is an answer, not an exception. Raises CloudError."""


class Cloud(Reader, Writer, Invoker, Protocol):
    """Everything a provider is."""
