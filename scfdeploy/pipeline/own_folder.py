"""The folder `.scfdeploy/` of a project: caches and local data, none of which a repository should hold."""

from __future__ import annotations

from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.workspace.hidden_folder import NAME, make_hidden_folder


def cache_folder(root: str) -> Path:
    """Where in it notes and packages of earlier runs lie; who writes there makes it."""
    return Path(root) / NAME / "cache"


def require_own_folder(root: str) -> Path:
    """The folder under `root`, made when missing, with those above it. Raises ScfDeployError when it cannot be."""
    try:
        Path(root).mkdir(parents=True, exist_ok=True)
        return own_folder(root)
    except OSError as error:
        raise ScfDeployError(
            f"{error.filename} cannot be made a folder: {error.strerror}", hint="Choose a folder that you may write to."
        ) from error


def own_folder(root: str) -> Path:
    """The folder under `root`, made when missing and kept out of git. Raises OSError."""
    folder = Path(root) / NAME
    make_hidden_folder(str(folder))
    return folder
