"""The result of `explain`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from scfdeploy.diagnostics.page import Page
    from scfdeploy.results import Findings

_EMPTY: Mapping[str, Any] = MappingProxyType({})


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
    command: str = "explain"
