"""The document of `doctor`."""

from __future__ import annotations

from collections import Counter

from scfdeploy.report.values import Document
from scfdeploy.results.doctor import CheckResult, CheckState, DoctorReport

_COUNTED = {
    "ok": CheckState.OK,
    "warning": CheckState.WARNING,
    "failed": CheckState.FAILED,
    "notChecked": CheckState.NOT_CHECKED,
}


def keys(result: DoctorReport) -> Document:
    """The keys of `doctor`."""
    counts = Counter(check.state for check in result.checks)
    return {
        "checks": [_check(check) for check in result.checks],
        "summary": {key: counts[state] for key, state in _COUNTED.items()},
    }


def _check(check: CheckResult) -> Document:
    return {"name": check.name, "state": check.state.value, "detail": check.detail, "cure": check.cure or None}
