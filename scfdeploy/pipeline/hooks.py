"""Runs the commands that make code, each once, before anything is packed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from scfdeploy.diagnostics import Diagnostics
from scfdeploy.model import ArchiveSource, FolderSource, Hook, Project, Source


def run_hooks(
    project: Project,
    *,
    environment: Callable[[], Mapping[str, str]],
    tell: Callable[[str], None] | None,
    limit_s: float,
) -> Diagnostics:
    """Run every `src.hook` of a project, in the order of the files; without `tell`, none. The first failure ends it.

    `environment` is asked for when there is one to run; each may take `limit_s` seconds.
    """
    found = Diagnostics()
    if tell is None:
        return found
    for hook in _hooks(project):
        from scfdeploy.packager.hook import run_hook  # most projects have none

        run_hook(hook, found, environment=environment(), tell=tell, limit_s=limit_s)
        if found.has_errors:
            break
    return found


def check_made_code(project: Project, *, select: frozenset[str], ignore: frozenset[str]) -> Diagnostics:
    """What the rules find in code that commands have made, and could not see before they ran."""
    if not _hooks(project):
        return Diagnostics()
    from scfdeploy.rules import check

    before = list(check(project, select=select, ignore=ignore))
    after = check(_with_code_made(project), select=select, ignore=ignore)
    return Diagnostics([one for one in after if one not in before])


def _with_code_made(project: Project) -> Project:
    """The project as if its code had always been there."""
    instances = (
        replace(
            instance,
            functions=tuple(replace(one, source=_made(one.source)) for one in instance.functions),
            layers=tuple(replace(one, source=_made(one.source)) for one in instance.layers),
        )
        for instance in project.instances
    )
    return replace(project, instances=tuple(instances))


def _made(source: Source | None) -> Source | None:
    return replace(source, hook=None) if isinstance(source, FolderSource | ArchiveSource) else source


def _hooks(project: Project) -> list[Hook]:
    """Functions that share their code share its command."""
    sources: list[Source | None] = [layer.source for layer in project.layers]
    sources += [function.source for function in project.functions]
    hooks = [source.hook for source in sources if isinstance(source, FolderSource | ArchiveSource) and source.hook]
    return list({(hook.command, hook.cwd): hook for hook in reversed(hooks)}.values())[::-1]
