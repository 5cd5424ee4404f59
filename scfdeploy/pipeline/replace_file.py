"""Puts new content in the place of a file at once: whoever looks sees the old file or the new one, whole."""

from __future__ import annotations

import os
from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError


def replace_file(path: Path, content: bytes) -> None:
    """Write a file anew, its mode kept; behind a link, the file that it leads to. Raises ScfDeployError.

    The file is as it was when that fails.
    """
    path = path.resolve()
    temporary = path.with_name(f"{path.name}.scfdeploy-{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(path.stat().st_mode & 0o7777)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise ScfDeployError(f"{path} cannot be written: {error.strerror}", hint="It is as it was.") from error
