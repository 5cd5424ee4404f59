"""The result of `doctor`."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from scfdeploy.results import Findings


class CheckState(StrEnum):
    """What a check found."""

    OK = "ok"
    WARNING = "warning"
    """Something is missing that some commands or functions need."""
    FAILED = "failed"
    """It prevents plan or apply."""
    NOT_CHECKED = "not-checked"


class CheckResult(NamedTuple):
    """One thing that was looked at."""

    name: str
    """A stable kebab-case name."""
    state: CheckState
    detail: str
    cure: str = ""


class DoctorReport(NamedTuple):
    """The result of `doctor`."""

    findings: Findings
    checks: Sequence[CheckResult]
    command: str = "doctor"

    @property
    def ok(self) -> bool:
        """Whether no check failed."""
        return not any(check.state is CheckState.FAILED for check in self.checks)
