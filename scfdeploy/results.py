"""The results of commands, which every report can format.

They are named tuples, because data classes take several times as long to create and every command imports all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:  # keeps `validate` from loading modules of other commands
    from scfdeploy.apply import Outcome
    from scfdeploy.diagnostics import Diagnostic
    from scfdeploy.diagnostics.page import Page
    from scfdeploy.model import Address, ProjectKey, Value
    from scfdeploy.plan import Change, FieldChange, Plan
    from scfdeploy.plan.resources.alias_routing import Route
    from scfdeploy.providers.base import Invocation, LogEntry, LogQuery, Version

_EMPTY: Mapping[str, Any] = MappingProxyType({})


class Findings(NamedTuple):
    """The diagnostics of a command, sorted, and the texts of their files, for source lines."""

    diagnostics: Sequence[Diagnostic] = ()
    sources: Mapping[str, str] = _EMPTY


class Validated(NamedTuple):
    """The result of `validate`."""

    findings: Findings
    ok: bool
    files: int = 0
    functions: int = 0
    fixed: Mapping[str, int] = _EMPTY
    """The number of fixes that --fix applied, by file."""

    layers: int = 0


class Planned(NamedTuple):
    """The result of `plan`."""

    findings: Findings
    ok: bool
    plan: Plan | None
    """None if the configuration has errors."""

    saved_to: str = ""


class Drifted(NamedTuple):
    """The result of `plan --refresh-only`."""

    findings: Findings
    ok: bool
    project: ProjectKey | None
    """None if the configuration has errors."""

    drift: Sequence[Change] = ()
    """The changes that would make the cloud match the files."""

    unmanaged: Sequence[tuple[Address, str]] = ()
    """Resources that are not managed, each with the reason."""


class Applied(NamedTuple):
    """The result of `apply` and `destroy`."""

    command: str
    findings: Findings
    ok: bool
    plan: Plan | None
    outcomes: Sequence[Outcome] = ()
    outputs: Mapping[str, Mapping[str, Value]] = _EMPTY
    """By instance."""

    interrupted: bool = False
    local_queues: Mapping[str, str] = _EMPTY
    """The kinds of queues that the local server created in place of those of the cloud, by name."""


class FunctionStatus(NamedTuple):
    """A function in `status`."""

    address: Address
    state: str
    """Empty if the function does not exist."""

    state_reason: str
    runtime: str
    memory_size: int | None
    timeout: int | None
    modified: str
    owned: bool
    drift: Sequence[FieldChange]
    triggers: Sequence[Mapping[str, Value]]
    urls: Sequence[str]
    versions: Sequence[str]
    aliases: Sequence[str]
    metrics: FunctionMetrics | None = None
    """None in the cloud, and if the function has had no asynchronous events."""


class LayerStatus(NamedTuple):
    """A layer in `status`; the fields describe its newest version."""

    address: Address
    state: str
    """Empty if the layer does not exist."""

    version: int | None
    runtimes: Sequence[str]
    modified: str
    owned: bool
    drift: Sequence[FieldChange]
    versions: Sequence[str]
    """All versions that the project has published."""


class StatusReport(NamedTuple):
    """The result of `status`."""

    findings: Findings
    ok: bool
    project: ProjectKey | None
    functions: Sequence[FunctionStatus] = ()
    layers: Sequence[LayerStatus] = ()


class AliasInfo(NamedTuple):
    """An alias in `versions`."""

    address: Address
    route: Route
    description: str


class VersionList(NamedTuple):
    """The result of `versions`: `$LATEST` first, then by number."""

    findings: Findings
    ok: bool
    function: Address
    versions: Sequence[Version]
    aliases: Sequence[AliasInfo]


class ShiftStep(NamedTuple):
    """A step of a traffic shift."""

    percent: int
    status: str
    """`done`, `failed`, `skipped`, or `unchecked`: made, but interrupted before the check."""

    check_exit_code: int | None = None


class AliasChanged(NamedTuple):
    """The result of `alias set`, `alias shift` and `rollback`."""

    command: str
    findings: Findings
    ok: bool
    plan: Plan
    alias: Address
    before: Route | None
    """None if the alias did not exist."""

    after: Route | None
    """None if the route is unknown."""

    outcomes: Sequence[Outcome] = ()
    steps: Sequence[ShiftStep] = ()
    shifted_back: bool = False
    interrupted: bool = False


class Invoked(NamedTuple):
    """The result of `invoke`."""

    findings: Findings
    ok: bool
    function: str
    invocation: Invocation | None
    """None if the function was not called."""

    asynchronous: bool = False
    event: EventInfo | None = None
    """The accepted event, after its first attempt or, with --wait, its end; None in the cloud."""

    timeline: Sequence[TimelineEntry] = ()
    ran: EventsRun | None = None
    """What --wait did."""

    options: str = ""
    """The options that select the same server, for commands in messages."""


class Explanation(NamedTuple):
    """An entry of `explain`. Not every kind has every field."""

    kind: str
    """`error-code`, `status-code`, `setting`, `variable` or `finding`."""

    name: str
    meaning: str
    fix: str = ""
    retried: bool | None = None
    """Whether failures with this code are retried; None for findings."""

    retry: str = ""
    """How they are retried."""

    inferred: bool = False
    """Whether `retry` is inferred, not documented."""

    number: int | None = None
    field: str = ""
    found_by: Sequence[str] = ()
    """The findings that report it offline."""

    severity: str = ""
    codes: Sequence[str] = ()
    page: Page | None = None

    retry_class: str = ""
    """`success`, `execution`, `overrun`, `system`, or `rejected` for a call that never becomes an event."""

    interval_s: int | None = None
    """The time between two attempts."""

    then: str = ""
    """What happens to the event after its last attempt."""

    recycles_instance: bool | None = None
    at_acceptance: str = ""
    while_queued: str = ""
    """How the status is handled then, where that differs from `at_acceptance`."""

    value: str = ""
    origin: str = ""
    reads: Mapping[str, str] = _EMPTY
    """How each language reads the variable."""

    remarks: Sequence[str] = ()


class Explained(NamedTuple):
    """The result of `explain`: the entries with the name, and those whose longer names begin with it."""

    findings: Findings
    ok: bool
    query: str
    entries: Sequence[Explanation]
    longer: Sequence[Explanation] = ()
    listed: bool = False
    """Whether the entries are a list of all of a kind, named by `query`."""


class MigratedFile(NamedTuple):
    """A file in `migrate`."""

    file: str
    diff: str
    """Its difference from the current form; empty without one."""

    written: bool = False

    @property
    def changed(self) -> bool:
        """Whether the file is not in the current form."""
        return bool(self.diff)


class Migration(NamedTuple):
    """The result of `migrate`: the files that can be migrated."""

    findings: Findings
    ok: bool
    files: Sequence[MigratedFile]
    write: bool = False


class ImportedFunction(NamedTuple):
    """A function in `import`."""

    address: Address
    file: str
    owned: bool
    """Whether it has the ownership tag of the file."""

    drift: Sequence[FieldChange] = ()
    """The fields that a plan for the file would change; should be empty."""

    omitted: Sequence[tuple[Address, str]] = ()
    """Parts that a file cannot describe, each with the reason."""


class Imported(NamedTuple):
    """The result of `import`."""

    findings: Findings
    ok: bool
    folder: str
    files: Sequence[str]
    functions: Sequence[ImportedFunction]
    secret_files: Sequence[str] = ()
    """The written files that contain secrets."""

    backups: Sequence[tuple[str, str]] = ()
    """Renamed folders: old and new path."""

    unread_env_file: str = ""
    """The .env file that is no longer read, because there is a new one."""


class Queue(NamedTuple):
    """A local queue or topic."""

    name: str
    kind: str
    """`CMQ-QUEUE` or `CMQ-TOPIC`."""

    messages: int
    oldest: str | None
    failed_deliveries: int


class QueueList(NamedTuple):
    """The result of `queue list`."""

    findings: Findings
    queues: Sequence[Queue]
    command: str = "queue list"
    ok: bool = True


class QueueMessage(NamedTuple):
    """A message of a local queue. `body` is parsed where it is JSON."""

    id: int
    sent_at: str
    attributes: Mapping[str, Any]
    body: Any
    text: str
    """The body as it was sent."""

    note: str = ""
    """Which subscribers of a topic did not get the message."""


class QueueShown(NamedTuple):
    """The result of `queue show`."""

    findings: Findings
    name: str
    kind: str
    total: int
    messages: Sequence[QueueMessage]
    explain: bool = False
    command: str = "queue show"
    ok: bool = True


class QueueCall(NamedTuple):
    """One message that `queue test` or `queue redrive` sent to a function."""

    id: int
    request_id: str
    """The request id of the failed event, or with `redrive` of the new one."""

    ok: bool
    status: int | None
    error: str = ""


class QueueCalls(NamedTuple):
    """The result of `queue test` and `queue redrive`."""

    command: str
    findings: Findings
    queue: str
    function: str
    calls: Sequence[QueueCall]

    @property
    def ok(self) -> bool:
        """Whether all messages were accepted or handled."""
        return all(call.ok for call in self.calls)


class QueueChanged(NamedTuple):
    """The result of `queue create`, `subscribe`, `send` and `purge`; `values` are what the message names."""

    command: str
    findings: Findings
    values: Mapping[str, Any]
    ok: bool = True


class EventInfo(NamedTuple):
    """An asynchronous event. Times are milliseconds since the epoch; None for what the cloud does not tell."""

    request_id: str
    short_id: str
    """The beginning of the request id, which commands accept."""

    function: str
    qualifier: str
    source: str
    accepted_at: int
    status: str
    """`waiting`, `running`, `finished`, `failed`, `aborted`, `dead-lettered`, `dropped` or `lost`."""

    attempts: int | None = None
    retries: int | None = None
    next_attempt_at: int | None = None
    reason: str = ""
    """Why the event failed permanently."""

    ended_at: int | None = None
    error: str = ""
    """Why its delivery failed."""

    is_retry: bool = False
    """Whether the next attempt counts as a retry."""

    retry_num: int = 0
    """How many retries the function allows."""

    max_age_ms: int = 0
    is_traced: bool = False
    """Whether the function has asyncRunEnable: events are not retried."""

    dead_letter: str = ""
    dead_letter_kind: str = ""


class TimelineEntry(NamedTuple):
    """A line of the timeline of an event."""

    request_id: str
    function: str
    at: int
    """Milliseconds since the epoch."""

    kind: str
    """`accepted`, `attempt`, `retry`, `delivered`, `lost` or `ended`."""

    status: int | None = None
    message: str = ""
    attempt: int = 0
    retry: int = 0
    """The number of the retry that this attempt is; 0 if it is none."""

    retries: int = 0
    """How many retries the function allows."""

    next_at: int | None = None
    next_retry: int = 0
    """The number of the retry that the next attempt is; 0 if it is none."""

    log: str = ""
    duration_ms: float | None = None
    memory_mb: float | None = None
    destination: str = ""
    destination_kind: str = ""
    bytes: int = 0
    cause: str = ""
    """Why a delivery failed: `permission`, `resource` or `size`."""

    reason: str = ""
    """Of the end: why the event failed permanently."""

    is_traced: bool = False
    is_cancelled: bool = False


class Untraced(NamedTuple):
    """A function in the cloud without status records."""

    function: str
    missing: Sequence[str]
    """The settings that it needs."""


class EventList(NamedTuple):
    """The result of `events list`."""

    findings: Findings
    events: Sequence[EventInfo]
    untraced: Sequence[Untraced] = ()
    total: int = 0
    """How many events there are; more than `events` when there are too many to show."""

    command: str = "events list"
    ok: bool = True


class EventShown(NamedTuple):
    """The result of `events show`."""

    findings: Findings
    event: EventInfo
    timeline: Sequence[TimelineEntry]
    note: str = ""
    """What the cloud does not tell."""

    command: str = "events show"
    ok: bool = True


class EventCancelled(NamedTuple):
    """The result of `events cancel`."""

    findings: Findings
    event: EventInfo
    """The event before it was cancelled."""

    now: bool
    """Whether the instance was killed."""

    is_local: bool = False
    command: str = "events cancel"
    ok: bool = True


class FunctionMetrics(NamedTuple):
    """What happened to the asynchronous events of a function on a local server."""

    function: str
    retries: int
    throttles: int
    """Attempts that ended with status 429 or 432."""

    failed_deliveries: Mapping[str, int]
    """By cause: `permission`, `resource` or `size`."""


class EventStats(NamedTuple):
    """The result of `events stats`."""

    findings: Findings
    hours: Sequence[tuple[int, Mapping[str, int]]]
    """The number of events by status, for each hour of acceptance, in milliseconds since the epoch."""

    average_wait_ms: float | None
    """The time from acceptance to the end; None if no event has ended."""

    longest_wait_ms: float | None
    functions: Sequence[FunctionMetrics] | None = None
    """None in the cloud, whose API does not return them."""

    untraced: Sequence[Untraced] = ()
    command: str = "events stats"
    ok: bool = True


class EventsPulled(NamedTuple):
    """The result of `events pull`."""

    findings: Findings
    file: str
    appended: int
    expired: tuple[int, int] | None = None
    """The start and end of the time whose records are lost, in milliseconds since the epoch."""

    untraced: Sequence[Untraced] = ()
    command: str = "events pull"

    @property
    def ok(self) -> bool:
        """Whether no records have expired since the newest one in the file."""
        return self.expired is None


class EventsRun(NamedTuple):
    """The result of `events run`."""

    findings: Findings
    now: int
    """The virtual time afterwards, in milliseconds since the epoch."""

    timeline: Sequence[TimelineEntry]
    events: int
    """How many events ran."""

    ends: Mapping[str, int]
    """How many of them ended, by their end."""

    attempts: int = 0
    is_cut: bool = False
    """Whether the timeline has more lines."""

    next_firing_at: int | None = None
    """When a timer fires next, in milliseconds since the epoch."""

    command: str = "events run"
    ok: bool = True


class LogList(NamedTuple):
    """The result of `logs`; with --follow, what is new since the result before."""

    findings: Findings
    entries: Sequence[LogEntry]
    """The oldest first."""

    searches: Sequence[LogQuery] = ()
    """The searches in CLS topics that found the entries."""

    notes: Sequence[str] = ()
    is_followed: bool = False
    has_names: bool = False
    """Whether runs of several functions can be among them."""

    command: str = "logs"
    ok: bool = True


class Template(NamedTuple):
    """A test event."""

    name: str
    kind: str
    """`built-in` or `user`."""

    alias: str = ""
    remark: str = ""
    function: str = ""
    """The function of a user template."""


class TemplateList(NamedTuple):
    """The result of `template list`."""

    findings: Findings
    templates: Sequence[Template]
    is_of_one_function: bool = True
    command: str = "template list"
    ok: bool = True


class TemplateShown(NamedTuple):
    """The result of `template show`."""

    findings: Findings
    name: str
    kind: str
    text: str
    """The JSON as its file has it."""

    command: str = "template show"
    ok: bool = True


class TemplateChanged(NamedTuple):
    """The result of `template save` and `template delete`."""

    command: str
    findings: Findings
    name: str
    function: str
    path: str
    """Relative to the project."""

    ok: bool = True


class Failed(NamedTuple):
    """The error of any command."""

    command: str
    message: str
    hint: str | None = None
    code: str | None = None
    request_id: str = ""
    findings: Findings = Findings()
    interrupted: bool = False


CommandResult: TypeAlias = (
    Validated
    | Planned
    | Drifted
    | Applied
    | StatusReport
    | VersionList
    | AliasChanged
    | Invoked
    | Explained
    | Migration
    | Imported
    | QueueList
    | QueueShown
    | QueueCalls
    | QueueChanged
    | TemplateList
    | TemplateShown
    | TemplateChanged
    | EventList
    | EventShown
    | EventsRun
    | EventCancelled
    | EventStats
    | EventsPulled
    | LogList
)
"""The result of a command that ran to its end."""

Result: TypeAlias = CommandResult | Failed
