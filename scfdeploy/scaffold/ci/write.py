"""Puts a pipeline file into its place: a new one at once, another one's place only when that is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.workspace.atomic_write import write_file


class Proposal(NamedTuple):
    """A file as it would be. `before` is the text that is there now, None when there is no file."""

    path: Path
    before: str | None
    after: str

    @property
    def is_new(self) -> bool:
        """Whether nothing is there yet."""
        return self.before is None

    @property
    def is_same(self) -> bool:
        """Whether it is there already."""
        return self.before == self.after

    def diff(self) -> str:
        """What would change, as a unified diff in which no secret is seen."""
        from scfdeploy.model.redaction import difference

        return difference(self.before or "", self.after, str(self.path), f"{self.path} (proposed)")


def propose(path: Path, text: str) -> Proposal:
    """Compare a text with what is in its place. Raises ScfDeployError when no file can be there."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise ScfDeployError(f"{path} is a link or no file", hint="Move it away; it is never written through a link.")
    try:
        before = path.read_bytes().decode("utf-8", "replace") if path.exists() else None
    except OSError as error:
        raise ScfDeployError(f"{path} cannot be read: {error.strerror}") from error
    return Proposal(path, before, text)


def write(proposal: Proposal) -> None:
    """Write the proposed text. Raises ScfDeployError when that fails."""
    try:
        proposal.path.parent.mkdir(parents=True, exist_ok=True)
        write_file(str(proposal.path), proposal.after.encode())
    except OSError as error:
        raise ScfDeployError(
            f"{error.filename or proposal.path} cannot be written: {error.strerror}",
            hint="Run this in a folder that you may write to.",
        ) from error
