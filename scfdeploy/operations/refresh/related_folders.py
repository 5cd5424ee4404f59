"""The folders above and below a project, from which commands can change the same functions, and their locks."""
# Plain strings for paths: a project can have thousands of folders.
# ruff: noqa: PTH114, PTH120

from __future__ import annotations

import os

from scfdeploy.config.discover import has_folders_of_project
from scfdeploy.model import Project
from scfdeploy.workspace.lock import ProjectLock


def lock_project(lock: ProjectLock, project: Project) -> None:
    """Lock the project before its resources are read to be changed. Raises ScfDeployError when another run holds it.

    Another run is one in its folder, or in the folder above or below as the project.
    """
    linked = linked_folders(project)
    folders = [*filter(has_folders_of_project, _above(project, linked)), *_below(project, linked)]
    lock.acquire(project.root, stage=project.key.stage, region=project.key.region, related=folders)


def related_folders(project: Project) -> list[str]:
    """The folders above and below that can be the project of a command with the same functions."""
    linked = linked_folders(project)
    return [*_above(project, linked), *_below(project, linked)]


def linked_folders(project: Project) -> set[str]:
    """The folders of instances that are symbolic links: from there, the project above is not found."""
    roots = {instance.root for instance in project.instances} - {project.root}
    return {root for root in roots if os.path.islink(root)}


def _above(project: Project, linked: set[str]) -> list[str]:
    roots = {project.root, *(os.path.realpath(root) for root in (project.root, *linked))}
    return _others(project, {os.path.dirname(root) for root in roots})


def _below(project: Project, linked: set[str]) -> list[str]:
    roots = {instance.root for instance in project.instances} - {project.root}
    return sorted({*(roots - linked), *_others(project, linked)})


def _others(project: Project, folders: set[str]) -> list[str]:
    """The folders without that of the project under any name."""
    root = os.path.realpath(project.root)
    return sorted(folder for folder in folders if os.path.realpath(folder) != root)
