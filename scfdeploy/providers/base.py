"""The interface of a cloud provider: read resources and plan write steps."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from typing import Protocol, TypeAlias, TypeVar

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.diagnostics import message as translated
from scfdeploy.model import Address, Observed, Value
from scfdeploy.model.code import DeployedCode
from scfdeploy.plan import Change
from scfdeploy.records import NamedTuple, dataclass, field

T = TypeVar("T")


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
        from scfdeploy.facts.errors import error_code

        known = error_code(code)
        advice = translated("{text}.", text=translated(known.action)) if known else None
        text = translated("{action}: {text} ({code})", action=action, text=message, code=code)
        super().__init__(text, hint=hint or advice)
        self.kind = kind
        self.code = code
        self.cloud_message = message
        self.action = action
        self.request_id = request_id

    @property
    def retryable(self) -> bool:
        """Whether another run may succeed."""
        return self.kind.is_transient or self.kind is ErrorKind.CONFLICT


def none_if_missing(call: Callable[[], T]) -> T | None:
    """The result of `call`; None when it fails because a resource does not exist. Raises other CloudErrors."""
    try:
        return call()
    except CloudError as error:
        if error.kind is ErrorKind.MISSING:
            return None
        raise


class Stage(StrEnum):
    """The stages of a command that can take long."""

    PACKAGING = "packaging"
    READING = "reading"
    CHANGING = "changing"


class StageProgress(NamedTuple):
    """How many functions a stage has done. A stage ends with `done` equal to `total`, also when it fails."""

    stage: Stage
    done: int
    total: int


class CallRetry(NamedTuple):
    """A call that failed and is repeated after a delay."""

    action: str
    code: str
    delay_s: float


ProgressListener: TypeAlias = Callable[[StageProgress | CallRetry], None]
"""Called from several threads."""


class Readiness(StrEnum):
    """Whether a resource is ready after a write."""

    READY = "ready"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """How much of an upload is complete, in bytes."""

    bytes: int
    of: int


@dataclass(frozen=True, slots=True)
class Step:
    """One write, with the means to confirm it. Every callable may raise CloudError."""

    title: str
    run: Callable[[], str]
    """Makes the write and returns its request id."""
    took_effect: Callable[[], bool] | None = None
    """Whether an earlier `run` whose response was lost took effect."""
    readiness: Callable[[], Readiness] | None = None
    """Whether the resource is ready. Raises CloudError (REJECTED) when it reached a failed state."""
    idempotent: bool = False
    """Repeating `run` is harmless, so its effect need not be checked first."""
    outputs: Callable[[], Mapping[str, Value]] | None = None
    """After the step: values known only now, by the attribute of a Ref."""
    upload_progress: Callable[[], UploadProgress | None] | None = None
    """After the step: the progress of an upload; None when nothing had to be sent."""
    poll_immediately: bool = False
    """Poll `readiness` without an initial delay: the step only waits for an operation that others started."""
    before_refresh: bool = False
    """The step does not write the resource of the change, so it runs before the check for conflicts."""


def wait_step(title: str, readiness: Callable[[], Readiness], *, before_refresh: bool = False) -> Step:
    """A step that writes nothing and polls `readiness` without an initial delay."""
    return Step(
        title, lambda: "", readiness=readiness, idempotent=True, poll_immediately=True, before_refresh=before_refresh
    )


@dataclass(frozen=True, slots=True)
class Query:
    """What to read from the cloud."""

    functions: tuple[Address, ...]
    """Functions to read."""
    asynchronous: frozenset[Address] = frozenset()
    """Functions whose asynchronous invocation settings are read."""
    versions: frozenset[Address] = frozenset()
    """Functions whose version numbers are read, as the attribute `versions`."""
    published: frozenset[Address] = frozenset()
    """Functions whose newest version is read, as the attribute `published` with `settings` and `codeSha256`."""
    aliases: frozenset[Address] = frozenset()
    """Functions whose aliases are read."""
    provisioned: frozenset[Address] = frozenset()
    """Functions whose provisioned concurrency is read."""
    reserved: frozenset[Address] = frozenset()
    """Functions whose reserved concurrency is read."""
    code: bool = True
    """Read the hash of the deployed code."""
    triggers: bool = True
    """Read the triggers of the functions."""
    settings: bool = True
    """Read the settings of the functions; without, the list entry of a function that the project owns is enough."""
    app: str = ""
    """With `stage`: also find functions owned by that project in these namespaces, as `Observed.unlisted`."""
    stage: str = ""
    layers: tuple[Address, ...] = ()
    domains: tuple[Address, ...] = ()
    """Custom domains to read."""
    all_domains: bool = False
    """Read every custom domain of the region, whoever owns it."""
    unlisted_domains: bool = False
    """Also find custom domains owned by the project."""
    namespaces: tuple[str, ...] = ()
    """Namespaces that may not exist yet."""
    unlisted_layers: bool = False
    """Also find layers owned by the project."""
    mounts: bool = False
    """Also find functions owned by the project in every namespace, with their settings."""
    everywhere: bool = False
    """Also find functions owned by the project in every namespace, without their settings."""
    known_code: Mapping[str, DeployedCode] = field(default_factory=dict)
    """Known code hashes by function id; one that still matches saves a call."""
    entries: bool = False
    """Also return list entries, which `choose_unread` always gets."""
    choose_unread: Callable[[Observed], Collection[Address]] | None = None
    """Returns the functions that are not read, given their list entries and everything that is no part of a function;
    None reads all."""

    @property
    def probably_exist(self) -> bool:
        """Whether the functions probably exist: they are to be deleted, or this checkout knows deployed code.

        Then everything is read at once. For a function that does not exist, that makes calls in vain.
        """
        return self.everywhere or bool(self.known_code)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a function, or `$LATEST`."""

    name: str
    description: str = ""
    published: str = ""
    """The time, in the format of the API."""
    state: str = ""
    """The status, in the words of the API."""

    @property
    def is_usable(self) -> bool:
        """Whether an alias can route to it."""
        return self.state not in ("PublishFailed", "Deleting", "DeleteFailed")


class Reader(Protocol):
    """Reads the cloud and changes nothing. Every method may raise CloudError."""

    def observe(self, query: Query) -> Observed:
        """The requested resources that exist."""

    def versions(self, function: Address) -> Sequence[Version]:
        """The versions of a function: `$LATEST` first, then by number."""

    def deployed_code(self, function: Address) -> bytes:
        """The deployed archive."""


class Writer(Protocol):
    """Plans the write steps of a change; apply runs them."""

    def create(self, change: Change) -> Sequence[Step]:
        """The steps that create the resource."""

    def update(self, change: Change) -> Sequence[Step]:
        """The steps that change `change.fields`, and nothing else."""

    def delete(self, change: Change) -> Sequence[Step]:
        """The steps that delete the resource."""
