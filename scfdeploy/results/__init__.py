"""The results of commands, which every report can format.

Every command imports this module, with the results of those that check, plan and apply a project. Results in its
submodules are imported by their own commands only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from scfdeploy.records import NamedTuple

if TYPE_CHECKING:  # keeps `validate` from loading modules of other commands
    from scfdeploy.apply import Outcome
    from scfdeploy.diagnostics import Diagnostic
    from scfdeploy.model import Address, ProjectKey, Value
    from scfdeploy.plan import Change, Plan
    from scfdeploy.results.aliases import AliasChanged, VersionList
    from scfdeploy.results.builds import Built
    from scfdeploy.results.doctor import DoctorReport
    from scfdeploy.results.events import EventResult
    from scfdeploy.results.explained import Explained
    from scfdeploy.results.functions import FunctionList
    from scfdeploy.results.imported import Imported
    from scfdeploy.results.invoked import Invoked
    from scfdeploy.results.logs import LogList
    from scfdeploy.results.migrated import Migration
    from scfdeploy.results.policy import PolicyShown
    from scfdeploy.results.queues import QueueResult
    from scfdeploy.results.simulation import Simulated
    from scfdeploy.results.status import StatusReport
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


class Failed(NamedTuple):
    """The error of any command."""

    command: str
    message: str
    hint: str | None = None
    code: str | None = None
    request_id: str = ""
    findings: Findings = Findings()
    interrupted: bool = False


CommandResult: TypeAlias = "Validated | Planned | Drifted | Applied | SelfNamedResult"
"""The result of a command that ran to its end."""

SelfNamedResult: TypeAlias = (
    "AliasChanged | Built | DoctorReport | EventResult | Explained | FunctionList | Imported | Invoked | LogList"
    " | Migration | PolicyShown | QueueResult | Simulated | StatusReport | TemplateResult | VersionList"
)
"""The results that only some commands import; each has the name of its command."""

Result: TypeAlias = "CommandResult | Failed"
