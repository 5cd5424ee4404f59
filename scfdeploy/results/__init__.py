"""The results of commands, which every report can format.

Every command imports this module; results in its submodules are imported by their own commands only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from scfdeploy.records import NamedTuple

if TYPE_CHECKING:  # keeps `validate` from loading modules of other commands
    from scfdeploy.apply import Outcome
    from scfdeploy.diagnostics import Diagnostic
    from scfdeploy.diagnostics.page import Page
    from scfdeploy.model import Address, ProjectKey, Value
    from scfdeploy.model.redaction import ChangedLines
    from scfdeploy.plan import Change, FieldChange, Plan
    from scfdeploy.plan.resources.alias_routing import Route
    from scfdeploy.providers.base import Version
    from scfdeploy.providers.invocation import HttpResponse, Invocation
    from scfdeploy.results.builds import Built
    from scfdeploy.results.doctor import DoctorReport
    from scfdeploy.results.events import EventInfo, EventResult, EventsRun, FunctionMetrics, TimelineEntry
    from scfdeploy.results.functions import FunctionList
    from scfdeploy.results.logs import LogList
    from scfdeploy.results.policy import PolicyShown
    from scfdeploy.results.queues import QueueResult
    from scfdeploy.results.simulation import Simulated
    from scfdeploy.results.templates import TemplateResult

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
    fixable: int = 0
    """The number of findings that --fix would fix."""

    fix_command: str = ""
    """The command that fixes them; empty if there are none."""


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

    serve_command: str = ""
    """The command during which the local URLs among the outputs respond; empty if they need none."""


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


class DomainStatus(NamedTuple):
    """A custom domain in `status`."""

    address: Address
    exists: bool
    protocols: Sequence[str]
    certificate_id: str
    routes: Sequence[Mapping[str, Value]]
    """In normal form: `path`, `function`, `qualifier` and `rewrite`."""
    owned: bool
    drift: Sequence[FieldChange]


class StatusReport(NamedTuple):
    """The result of `status`."""

    findings: Findings
    ok: bool
    project: ProjectKey | None
    functions: Sequence[FunctionStatus] = ()
    layers: Sequence[LayerStatus] = ()
    omitted: int = 0
    """The number of functions, layers and domains that --target leaves out."""

    domains: Sequence[DomainStatus] = ()

    serve_command: str = ""
    """The command during which the local URLs respond; empty if they need none."""


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

    http: HttpResponse | None = None
    """The response, if the function was called by its URL."""

    shows_headers: bool = False
    """Whether text output has the headers of the response."""


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
    """Its difference from the current form and that of its new files; empty without one."""

    written: bool = False
    new_files: Sequence[str] = ()
    """The files that a part of it moves to."""
    changes: Sequence[ChangedLines] = ()

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
    failed: Sequence[str] = ()
    """The files that cannot be read or migrated."""


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

    left_out: Sequence[tuple[Address, str]] = ()
    """With --all: the functions that were not imported, each with the reason."""


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
    "Validated | Planned | Drifted | Applied | StatusReport | VersionList | AliasChanged | Invoked | Explained"
    " | Migration | Imported | SelfNamedResult"
)
"""The result of a command that ran to its end."""

SelfNamedResult: TypeAlias = (
    "Built | DoctorReport | EventResult | FunctionList | LogList | PolicyShown | QueueResult | Simulated"
    " | TemplateResult"
)
"""The results that only some commands import; each has the name of its command."""

Result: TypeAlias = "CommandResult | Failed"
