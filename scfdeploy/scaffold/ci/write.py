"""Compare a pipeline file with the existing one, and write it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.workspace.atomic_write import write_file


class Proposal(NamedTuple):
    """A file to write. `before` is its current text, None when it does not exist."""

    path: Path
    before: str | None
    after: str

    @property
    def is_new(self) -> bool:
        """Whether the file does not exist yet."""
        return self.before is None

    @property
    def is_same(self) -> bool:
        """Whether the file has this text already."""
        return self.before == self.after

    def diff(self) -> str:
        """The change as a unified diff, with secrets redacted."""
        from scfdeploy.model.redaction import difference

        return difference(self.before or "", self.after, str(self.path), f"{self.path} (proposed)")


def propose(path: Path, text: str) -> Proposal:
    """Compare a text with the file at `path`. ScfDeployError when `path` cannot be a file."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise ScfDeployError(f"{path} is a link or not a regular file", hint="Move it away. Links are not followed.")
    try:
        before = path.read_bytes().decode("utf-8", "replace") if path.exists() else None
    except OSError as error:
        raise ScfDeployError(f"{path} cannot be read: {error.strerror}") from error
    return Proposal(path, before, text)


def write(proposal: Proposal) -> None:
    """Write the proposed text. ScfDeployError when that fails."""
    try:
        proposal.path.parent.mkdir(parents=True, exist_ok=True)
        write_file(str(proposal.path), proposal.after.encode())
    except OSError as error:
        raise ScfDeployError(
            f"{error.filename or proposal.path} cannot be written: {error.strerror}",
            hint="Run this command in a writable folder.",
        ) from error
