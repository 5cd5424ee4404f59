"""Where the code of functions and layers comes from, and which of it can have dependencies."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from scfdeploy.model import Address, FolderSource, Project, Source

DEPENDENCY_FILES = ("requirements.txt", "pyproject.toml", "Pipfile.lock", "package.json")
"""A folder of code without any of these has no dependencies that a build could install."""


def code_sources(project: Project) -> list[tuple[Address, Source | None]]:
    """Where the code of each layer and function comes from."""
    return [(address, source) for address, source, _ in sources_with_runtimes(project)]


def sources_with_runtimes(project: Project) -> Iterator[tuple[Address, Source | None, Sequence[str]]]:
    """The source and the runtime of each function; of each layer, all runtimes that it names."""
    for layer in project.layers:
        runtimes = layer.settings.get("runtimes")
        yield layer.address, layer.source, [str(name) for name in runtimes] if isinstance(runtimes, tuple) else []
    for function in project.functions:
        runtime = function.settings.get("runtime")
        yield function.address, function.source, [str(runtime)] if runtime else []


def may_have_dependencies(source: Source | None) -> bool:
    """Whether there is anything to build, judged without loading modules for it."""
    if not isinstance(source, FolderSource) or source.build.enabled is False:
        return False
    if source.build.enabled:
        return True
    return source.hook is None and any(
        os.path.isfile(os.path.join(folder, name))  # noqa: PTH113, PTH118
        for folder in source.manifest_folders
        for name in DEPENDENCY_FILES
    )
