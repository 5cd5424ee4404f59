"""The folder `.scfdeploy/` of a project: caches and local data, none of which a repository should hold."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def own_folder(root: str) -> Path:
    """The folder under `root`, made when missing and kept out of git."""
    folder = Path(root) / ".scfdeploy"
    folder.mkdir(exist_ok=True)
    with suppress(FileExistsError), (folder / ".gitignore").open("x") as file:
        file.write("*\n")
    return folder
