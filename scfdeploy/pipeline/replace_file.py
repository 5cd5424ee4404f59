"""Puts new content in the place of a file at once: whoever looks sees the old file or the new one, whole."""

from __future__ import annotations

from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.pipeline.unfinished import unfinished


def replace_file(path: Path, content: bytes) -> None:
    """Write a file anew, its mode kept; behind a link, the file that it leads to. Raises ScfDeployError.

    The file is as it was when that fails.
    """
    path = path.resolve()
    try:
        with unfinished(path, content, mode=0o600) as made:
            made.chmod(path.stat().st_mode & 0o7777)
            made.replace(path)
    except OSError as error:
        raise ScfDeployError(f"{path} cannot be written: {error.strerror}", hint="It is as it was.") from error
