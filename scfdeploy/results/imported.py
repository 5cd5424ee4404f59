"""The result of `import`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from scfdeploy.model import Address
    from scfdeploy.plan import FieldChange
    from scfdeploy.results import Findings


class ImportedFunction(NamedTuple):
    """A function in `import`."""

    address: Address
    file: str
    owned: bool
    """Whether it has the ownership tag of the file."""

    drift: Sequence[FieldChange] = ()
    """The fields that a plan for the file would change; should be empty."""

    omitted: Sequence[tuple[Address, str]] = ()
    """Parts that a file cannot describe, each with the reason."""


class Imported(NamedTuple):
    """The result of `import`."""

    findings: Findings
    ok: bool
    folder: str
    files: Sequence[str]
    functions: Sequence[ImportedFunction]
    secret_files: Sequence[str] = ()
    """The written files that contain secrets."""

    backups: Sequence[tuple[str, str]] = ()
    """Renamed folders: old and new path."""

    unread_env_file: str = ""
    """The .env file that is no longer read, because there is a new one."""

    left_out: Sequence[tuple[Address, str]] = ()
    """With --all: the functions that were not imported, each with the reason."""
    command: str = "import"
