"""The result of `logs`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from scfdeploy.providers.log_source import LogEntry, LogQuery
    from scfdeploy.results import Findings


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
