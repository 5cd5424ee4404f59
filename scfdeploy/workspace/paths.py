"""Paths in `.scfdeploy`, a folder that git and packages ignore."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from scfdeploy.diagnostics import ScfDeployError, message

if TYPE_CHECKING:  # `validate` makes no path, and pathlib loads urllib
    from pathlib import Path


def cache_dir(root: str) -> Path:
    """The folder for caches and journals; not created. Raises ScfDeployError as `state_dir` does."""
    from pathlib import Path

    refuse_links(root)
    return Path(root) / NAME / "cache"


def build_dir(root: str) -> Path:
    """The folder for installed dependencies; not created. Raises ScfDeployError as `state_dir` does."""
    from pathlib import Path

    refuse_links(root)
    return Path(root) / NAME / "build"


def require_state_dir(root: str) -> Path:
    """Create `.scfdeploy` in `root`, with all parents. Raises ScfDeployError when that fails."""
    from pathlib import Path

    try:
        Path(root).mkdir(parents=True, exist_ok=True)
        return state_dir(root)
    except OSError as error:
        raise ScfDeployError(
            message("cannot create the folder {folder}: {reason}", folder=error.filename, reason=error.strerror),
            hint=message("Choose a writable folder."),
        ) from error


def state_dir(root: str) -> Path:
    """Create `.scfdeploy` in `root` if missing.

    Raises OSError, and ScfDeployError when it is or contains a symbolic link.
    """
    from pathlib import Path

    refuse_links(root)
    folder = Path(root) / NAME
    make_hidden_folder(str(folder))
    return folder


def refuse_links(root: str) -> None:
    """Raise ScfDeployError for a symbolic link: a repository may contain one that leads outside the project."""
    folder = os.path.join(root, NAME).removeprefix("./")
    for path in (folder, *_links_in(folder), *_links_in(f"{folder}/cache")):
        if os.path.islink(path):
            raise ScfDeployError(
                message("{path} is a symbolic link; nothing was changed", path=path),
                hint=message("Remove the link; scfdeploy creates the folder or file again."),
            )


def _links_in(folder: str) -> list[str]:
    with suppress(OSError), os.scandir(folder) as entries:
        return sorted(entry.path for entry in entries if entry.is_symlink())
    return []


NAME = ".scfdeploy"
LOCAL_CLOUD = "emulator.db"
"""The file in this folder with the data of the project's local server."""

_IGNORE_ALL = b"*\n"


def make_hidden_folder(folder: str) -> bool:
    """Create a folder with a .gitignore that excludes everything; returns whether it is new. Raises OSError.

    An empty .gitignore, left by a killed run or a full disk, is completed.
    """
    try:
        os.mkdir(folder)
        is_new = True
    except FileExistsError:
        if not os.path.isdir(folder):
            raise
        is_new = False
    path = os.path.join(folder, ".gitignore")
    try:
        if os.path.getsize(path):
            return is_new
    except FileNotFoundError:
        pass
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    try:
        os.write(descriptor, _IGNORE_ALL)
    finally:
        os.close(descriptor)
    return is_new
