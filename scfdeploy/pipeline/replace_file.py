"""Puts new content in the place of a user's file at once, with an error in words when that fails."""

from __future__ import annotations

from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.workspace.atomic_write import write_file


def replace_file(path: Path, content: bytes) -> None:
    """Write a file anew, its permissions kept; behind a link, the file that it leads to. Raises ScfDeployError.

    The file is as it was when that fails.
    """
    try:
        write_file(str(path), content)
    except OSError as error:
        raise ScfDeployError(f"{path} cannot be written: {error.strerror}", hint="It is as it was.") from error
