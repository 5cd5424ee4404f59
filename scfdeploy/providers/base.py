"""The interface of a cloud provider: read resources, plan write steps, invoke functions, read their events and logs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from typing import Protocol, TypeAlias, TypeVar

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.diagnostics import message as translated
from scfdeploy.facts import error_code
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
class Invocation:
    """The result of an invocation."""

    request_id: str
    result: Value = None
    """The return value, parsed from JSON."""
    error: tuple[str, str, str] | None = None
    """None when the function succeeded."""
    status_code: int = 200
    """The documented invocation status."""
    duration_ms: float | None = None
    memory_mb: float | None = None
    log: str = ""


class HttpRequest(NamedTuple):
    """A request to the URL of a function."""

    method: str = "GET"
    path: str = "/"
    """With the query, and with the beginning slash."""
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""


class HttpResponse(NamedTuple):
    """The response to it. Redirects are not followed."""

    method: str
    url: str
    status: int
    reason: str
    headers: Sequence[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """The first header with this name, in any case; empty without one."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


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


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """Whether the platform keeps status records of a function's asynchronous events."""

    async_run: bool
    trace: bool

    @property
    def is_traced(self) -> bool:
        """Whether there are status records: both settings are needed."""
        return self.async_run and self.trace


@dataclass(frozen=True, slots=True)
class EventRecord:
    """A status record of an asynchronous event. Times are milliseconds since the epoch."""

    request_id: str
    function: Address
    qualifier: str
    source: str
    """How the function was called, in the words of the API."""
    status: str
    """`running`, `finished`, `failed` or `aborted`."""
    accepted_at: int
    ended_at: int | None = None


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which status records to read; empty and None mean all."""

    statuses: tuple[str, ...] = ()
    request_id: str = ""
    since: int | None = None
    """Accepted at this time or later, in milliseconds since the epoch."""


@dataclass(frozen=True, slots=True)
class RequestStatus:
    """The status of one invocation, which the platform keeps for any function. Times are milliseconds."""

    started_at: int | None
    status: str
    """`running`, `finished` or `failed`."""
    retries: int | None
    """None while the event runs."""
    message: str
    """The returned value, or the error."""
    duration_ms: float | None
    memory_mb: float | None
    status_code: int | None = None
    """The invocation status of a failed run, if the error names it."""
    trace: str = ""
    """The stack trace of a failed run."""


class EventSource(Protocol):
    """Reads and ends asynchronous events of functions in the cloud. Every method may raise CloudError."""

    @property
    def region(self) -> str:
        """The region of the functions."""

    def trace_settings(self, function: Address) -> TraceSettings:
        """Whether the function has status records. Raises CloudError (MISSING) if it does not exist."""

    def records(self, function: Address, query: EventQuery) -> Sequence[EventRecord]:
        """The status records of a function, in the order of acceptance."""

    def status_of(self, request_id: str) -> tuple[str, int | None] | None:
        """The status of an event by its record, and the status code of its run; None without a record."""

    def request_status(self, function: Address, request_id: str) -> RequestStatus | None:
        """The status of an invocation of the last day; None if there is none."""

    def terminate(self, function: Address, request_id: str, *, now: bool) -> None:
        """End an event: ask its instance to end, or with `now` kill it."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What one run of a function printed and returned; each attempt of an asynchronous event is a run."""

    request_id: str
    function: Address
    started_at: int
    """Milliseconds since the epoch."""
    status_code: int | None
    """None while the run has not ended."""
    duration_ms: float | None
    memory_mb: float | None
    result: Value
    """The returned value, parsed from JSON; None after a failure."""
    lines: tuple[str, ...]
    retries: int = 0
    """The number of the retry; 0 for a first attempt and for synchronous calls."""


@dataclass(frozen=True, slots=True)
class LogQuery:
    """A search in the topic of a function, for the runs with lines from `since` to `until` (milliseconds)."""

    function: Address
    topic_id: str
    text: str
    """The search condition."""
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class FoundLogs:
    """The result of a search."""

    entries: tuple[LogEntry, ...]
    """The oldest first."""
    is_cut: bool = False
    """Whether there are older lines that were not read."""


class LogSource(Protocol):
    """Reads the logs of functions in the cloud. Every method may raise CloudError."""

    @property
    def region(self) -> str:
        """The region of the functions."""

    def topic_of(self, function: Address) -> str:
        """The topic that the function's logs go to; empty without one. CloudError (MISSING) without a function."""

    def query(self, function: Address, topic_id: str, *, request_id: str, since: int, until: int) -> LogQuery:
        """The search for the runs of a function; `request_id` is an id, its beginning, or empty."""

    def search(self, query: LogQuery) -> FoundLogs:
        """The runs that a search finds."""


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
