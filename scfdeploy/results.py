"""What the commands give: values that every reporter can lay out.

They are named tuples, not data classes: those take several times as long to make, and every command loads all of these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:  # `validate` must not wait for what only other commands need
    from scfdeploy.apply import Outcome
    from scfdeploy.diagnostics import Diagnostic
    from scfdeploy.diagnostics.page import Page
    from scfdeploy.model import Address, ProjectKey, Value
    from scfdeploy.plan import Change, FieldChange, Plan
    from scfdeploy.plan.resources.alias_routing import Route
    from scfdeploy.providers.base import Invocation, Version

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Findings(NamedTuple):
    """The diagnostics that a command met, sorted, and the text of the files they speak of (for the source lines)."""

    diagnostics: Sequence[Diagnostic] = ()
    sources: Mapping[str, str] = _NOTHING


class Validated(NamedTuple):
    """`validate`: the findings alone. `functions`, `layers` and `files` are counts of what was checked.

    `fixed` says how many places were mended by --fix, by file; what remains is in the findings.
    """

    findings: Findings
    ok: bool
    files: int = 0
    functions: int = 0
    fixed: Mapping[str, int] = _NOTHING
    layers: int = 0


class Planned(NamedTuple):
    """`plan`: `plan` is None when the configuration has errors; `saved_to` is the file that keeps it, or empty."""

    findings: Findings
    ok: bool
    plan: Plan | None
    saved_to: str = ""


class Drifted(NamedTuple):
    """`plan --refresh-only`: `project` is None when the configuration has errors.

    `drift` are the changes that would make the cloud as the files say; `unmanaged` what is there and not ours.
    """

    findings: Findings
    ok: bool
    project: ProjectKey | None
    drift: Sequence[Change] = ()
    unmanaged: Sequence[tuple[Address, str]] = ()


class Applied(NamedTuple):
    """`apply` and `destroy`: `outcomes` per change that was to be made, `outputs` per instance."""

    command: str
    findings: Findings
    ok: bool
    plan: Plan | None
    outcomes: Sequence[Outcome] = ()
    outputs: Mapping[str, Mapping[str, Value]] = _NOTHING
    interrupted: bool = False


class FunctionStatus(NamedTuple):
    """One function of `status`; `state` is empty when it does not exist."""

    address: Address
    state: str
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


class LayerStatus(NamedTuple):
    """One layer of `status`; `state` is empty when it does not exist.

    `version` is the newest, of which the rest is said; `versions` are all that the project published.
    """

    address: Address
    state: str
    version: int | None
    runtimes: Sequence[str]
    modified: str
    owned: bool
    drift: Sequence[FieldChange]
    versions: Sequence[str]


class StatusReport(NamedTuple):
    """`status`."""

    findings: Findings
    ok: bool
    project: ProjectKey | None
    functions: Sequence[FunctionStatus] = ()
    layers: Sequence[LayerStatus] = ()


class AliasInfo(NamedTuple):
    """One alias of `versions`."""

    address: Address
    route: Route
    description: str


class VersionList(NamedTuple):
    """`versions`: `$LATEST` first, then by number."""

    findings: Findings
    ok: bool
    function: Address
    versions: Sequence[Version]
    aliases: Sequence[AliasInfo]


class ShiftStep(NamedTuple):
    """One step of a shift. `status` is done, failed, skipped (not tried), or unchecked (made, and then interrupted)."""

    percent: int
    status: str
    check_exit_code: int | None = None


class AliasChanged(NamedTuple):
    """`alias set`, `alias shift` and `rollback`: where an alias led and where it leads now, None where unknown."""

    command: str
    findings: Findings
    ok: bool
    plan: Plan
    alias: Address
    before: Route | None
    after: Route | None
    outcomes: Sequence[Outcome] = ()
    steps: Sequence[ShiftStep] = ()
    shifted_back: bool = False
    interrupted: bool = False


class Invoked(NamedTuple):
    """`invoke`: `invocation` is None when the call could not be made."""

    findings: Findings
    ok: bool
    function: str
    invocation: Invocation | None
    asynchronous: bool = False


class Explanation(NamedTuple):
    """One thing that `explain` knows. `kind` is one of error-code, status-code, finding.

    `retried` and `retry` say whether and by whom a failure is retried (None for findings); `concluded` that the
    platform's documents do not say so word for word. `found_by` are the findings that tell it offline. `number`,
    `field`, `severity`, `codes` and `page` are what only some kinds have.
    """

    kind: str
    name: str
    meaning: str
    fix: str = ""
    retried: bool | None = None
    retry: str = ""
    concluded: bool = False
    number: int | None = None
    field: str = ""
    found_by: Sequence[str] = ()
    severity: str = ""
    codes: Sequence[str] = ()
    page: Page | None = None


class Explained(NamedTuple):
    """`explain`: what the word names, and what else begins with it."""

    findings: Findings
    ok: bool
    query: str
    entries: Sequence[Explanation]
    longer: Sequence[Explanation] = ()


class MigratedFile(NamedTuple):
    """One file of `migrate`: how it differs from today's form, and whether it has been written so."""

    file: str
    diff: str
    written: bool = False

    @property
    def changed(self) -> bool:
        """Whether it was in another form."""
        return bool(self.diff)


class Migration(NamedTuple):
    """`migrate`: the files that could be migrated; `write` says whether they were to be changed."""

    findings: Findings
    ok: bool
    files: Sequence[MigratedFile]
    write: bool = False


class ImportedFunction(NamedTuple):
    """One function of `import`: `drift` is what the file still asks for otherwise, which should be nothing.

    `owned` says whether it carries the mark that the file gives it; `left_out` is what a file cannot say.
    """

    address: Address
    file: str
    owned: bool
    drift: Sequence[FieldChange] = ()
    left_out: Sequence[tuple[Address, str]] = ()


class Imported(NamedTuple):
    """`import`: the files that were written, `secrets` those of them that hold secrets.

    `aside` says which older folder was moved where; `unread` is the .env file that a new one keeps from being read.
    """

    findings: Findings
    ok: bool
    folder: str
    files: Sequence[str]
    functions: Sequence[ImportedFunction]
    secrets: Sequence[str] = ()
    aside: Sequence[tuple[str, str]] = ()
    unread: str = ""


class Failed(NamedTuple):
    """A command that ended with a one-line error: `message` says what, `hint` what to do."""

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
)
"""What a command gives that came to its end."""

Result: TypeAlias = CommandResult | Failed
