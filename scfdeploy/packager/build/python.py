"""Find and install the dependencies of Python functions."""

from __future__ import annotations

from pathlib import Path

from scfdeploy.packager.build.dependencies import Dependencies, Run


def find(root: str, runtime: str, *, scripts: bool) -> Dependencies | None:
    """The dependencies named by the folder `root`; None without a manifest."""
    return None


def install(dependencies: Dependencies, staging: Path, *, run: Run) -> None:
    """Install them into the empty folder `staging`."""
    raise NotImplementedError
