"""The result of `policy`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from scfdeploy.records import NamedTuple
from scfdeploy.results import Findings

if TYPE_CHECKING:
    from scfdeploy.providers.tencent.permissions import Permission


class PolicyShown(NamedTuple):
    """A CAM policy, and what each of its statements is for."""

    findings: Findings
    ok: bool
    run: str
    """`plan`, `apply` or `destroy`."""
    document: Mapping[str, object] | None = None
    """The policy as CAM takes it; None if the files have errors."""
    permissions: Sequence[Permission] = ()
    """One for each statement of the policy, in its order."""
    role: str = ""
    """The ARN of the role that scfdeploy.toml names, to which the policy belongs; empty without one."""
    command: str = "policy"
