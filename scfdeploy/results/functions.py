"""The result of `import` without names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from scfdeploy.model import Address, Owner
    from scfdeploy.results import Findings


class ListedFunction(NamedTuple):
    """A function of the account."""

    address: Address
    runtime: str
    state: str
    """In the words of the API."""

    modified: str
    """The time in the format of the API."""

    owner: Owner | None
    """The project that its tags name."""

    command: str
    """The command that imports it."""


class FunctionList(NamedTuple):
    """The functions of one or of all namespaces, by namespace and name."""

    findings: Findings
    region: str
    functions: Sequence[ListedFunction]
    import_all: str
    """The command that imports all that have no owner."""

    command: str = "import"
    ok: bool = True
