"""The result of `migrate`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scfdeploy.records import NamedTuple

if TYPE_CHECKING:
    from scfdeploy.model.redaction import ChangedLines
    from scfdeploy.results import Findings


class MigratedFile(NamedTuple):
    """A file in `migrate`."""

    file: str
    diff: str
    """Its difference from the current form and that of its new files; empty without one."""

    written: bool = False
    new_files: Sequence[str] = ()
    """The files that a part of it moves to."""
    changes: Sequence[ChangedLines] = ()

    @property
    def changed(self) -> bool:
        """Whether the file is not in the current form."""
        return bool(self.diff)


class Migration(NamedTuple):
    """The result of `migrate`: the files that can be migrated."""

    findings: Findings
    ok: bool
    files: Sequence[MigratedFile]
    write: bool = False
    failed: Sequence[str] = ()
    """The files that cannot be read or migrated."""
    command: str = "migrate"
