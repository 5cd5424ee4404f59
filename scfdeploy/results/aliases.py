"""The results of `versions`, `alias` and `rollback`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from scfdeploy.apply import Outcome
    from scfdeploy.model import Address
    from scfdeploy.plan import Plan
    from scfdeploy.plan.resources.alias_routing import Route
    from scfdeploy.providers.base import Version
    from scfdeploy.results import Findings


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
    command: str = "versions"


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
