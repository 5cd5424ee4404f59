"""Paths below .scfdeploy, the folder that git and packages leave out."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError


def cache_dir(root: str) -> Path:
    """Where in it notes and packages of earlier runs lie; who writes there makes it.

    Raises ScfDeployError as `state_dir` does.
    """
    _refuse_links(root)
    return Path(root) / NAME / "cache"


def require_state_dir(root: str) -> Path:
    """The folder under `root`, made when missing, with those above it. Raises ScfDeployError when it cannot be."""
    try:
        Path(root).mkdir(parents=True, exist_ok=True)
        return state_dir(root)
    except OSError as error:
        raise ScfDeployError(
            f"{error.filename} cannot be made a folder: {error.strerror}", hint="Choose a folder that you may write to."
        ) from error


def state_dir(root: str) -> Path:
    """The folder under `root`, made when missing and kept out of git.

    Raises OSError, and ScfDeployError where a symbolic link is in its place or in it.
    """
    _refuse_links(root)
    folder = Path(root) / NAME
    make_hidden_folder(str(folder))
    return folder


def _refuse_links(root: str) -> None:
    """A link may have come with a repository: what lies where it leads is nothing to write to, or to clear away."""
    folder = Path(root) / NAME
    for path in (folder, *_links_in(folder), *_links_in(folder / "cache")):
        if path.is_symlink():
            raise ScfDeployError(
                f"{path} is a symbolic link, and nothing was changed",
                hint="Remove the link; what scfdeploy keeps there is made again.",
            )


def _links_in(folder: Path) -> list[Path]:
    with suppress(OSError), os.scandir(folder) as entries:
        return sorted(Path(entry.path) for entry in entries if entry.is_symlink())
    return []


NAME = ".scfdeploy"
_IGNORE_ALL = b"*\n"


def make_hidden_folder(folder: str) -> bool:
    """Make a folder that git ignores, its own .gitignore included; whether it is new. Raises OSError.

    An empty .gitignore is what a killed run or a full disk left: it is completed.
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
