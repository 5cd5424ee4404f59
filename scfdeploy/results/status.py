"""The result of `status`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from scfdeploy.model import Address, ProjectKey, Value
    from scfdeploy.plan import FieldChange
    from scfdeploy.results import Findings
    from scfdeploy.results.events import FunctionMetrics


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
    command: str = "status"
