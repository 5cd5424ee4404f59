"""What happens during `dev`, in the order in which it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from scfdeploy.records import NamedTuple
from scfdeploy.results import Applied, Findings

if TYPE_CHECKING:
    from scfdeploy.providers.log_source import LogEntry


class Redeployed(NamedTuple):
    """The files were deployed, or an attempt failed in part."""

    applied: Applied
    seconds: float
    """From the moment at which the change of a file was noticed."""

    is_first: bool = False
    is_fixed: bool = False
    """Whether the attempt before had failed."""


class Rejected(NamedTuple):
    """The files have errors; what was deployed before goes on."""

    findings: Findings


class Failure(NamedTuple):
    """Something failed that does not end the command."""

    message: str
    hint: str | None = None
    findings: Findings = Findings()


class UrlReady(NamedTuple):
    """A function responds at a local URL."""

    url: str


class RequestEnded(NamedTuple):
    """A run of a function has ended."""

    entry: LogEntry
    method: str = ""
    """Empty if no HTTP request started the run."""

    path: str = ""
    http_status: int = 0


class TimersFired(NamedTuple):
    """Timers were fired on demand."""

    function: str
    timers: Sequence[str]


class DebuggerReady(NamedTuple):
    """Functions can be debugged: the configurations for the file `launch.json` of VS Code."""

    configurations: Sequence[Mapping[str, Any]]


class HelpShown(NamedTuple):
    """What can be typed."""


DevEvent: TypeAlias = (
    Redeployed | Rejected | Failure | UrlReady | RequestEnded | TimersFired | DebuggerReady | HelpShown
)
