"""Commands in the folder above or below a project, which can have the same functions."""

from __future__ import annotations

from pathlib import Path

from scfdeploy.config.discover import has_folders_of_project
from scfdeploy.model import Project
from scfdeploy.workspace.lock import ProjectLock


def lock_project(lock: ProjectLock, project: Project) -> None:
    """Lock the project before its resources are read to be changed. Raises ScfDeployError when another run holds it.

    Another run is one in its folder, or in the folder above or below as the project.
    """
    parent = _parent(project)
    folders = [folder for folder in related_folders(project) if folder != parent or has_folders_of_project(parent)]
    lock.acquire(project.root, stage=project.key.stage, region=project.key.region, related=folders)


def related_folders(project: Project) -> list[str]:
    """The folders above and below that can be the project of a command with the same functions."""
    folders = {_parent(project), *(instance.root for instance in project.instances)}
    return sorted(folders - {project.root})


def _parent(project: Project) -> str:
    return str(Path(project.root).parent)
