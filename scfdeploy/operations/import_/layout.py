"""Layout of an import: which functions share a file, who owns them, and the paths of files and code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import Address, Observed, Owner, Value
from scfdeploy.plan.diff.normalise import is_blank
from scfdeploy.scaffold.project import app_name, project_name

_DEFAULT_STAGE = "dev"
_FOLDER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*[A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Group:
    """The functions of one file in `folder`, and the owner that the file gives them."""

    owner: Owner
    functions: tuple[Address, ...]
    folder: Path

    @property
    def file(self) -> Path:
        """The path of the file."""
        return self.folder / "serverless.yml"

    def source(self, function: Address) -> str:
        """The folder for the code of a function, relative to `folder`."""
        if len(self.functions) == 1:
            return "src"
        names = [other.function for other in self.functions]
        is_unique = names.count(function.function) == 1
        return f"src/{_folder_name(function.function if is_unique else f'{function.namespace}-{function.function}')}"


def group_functions(
    functions: Sequence[Address], observed: Observed, root: Path, *, stage: str | None
) -> tuple[Group, ...]:
    """One group per instance: the owner's, or a new one for a function without an owner.

    A single file is in `root`, several are in folders below it. Raises ScfDeployError if the functions belong to
    several projects.
    """
    owners = {function: observed.resources[function].owner for function in functions}
    app, stage = _app_and_stage(owners, root, stage)
    members: dict[str, list[Address]] = {}
    for function, owner in owners.items():
        if owner is not None:
            members.setdefault(owner.instance, []).append(function)
    for function, owner in owners.items():
        if owner is None:
            members[next(name for name in _instance_names(function) if name not in members)] = [function]
    return tuple(
        Group(Owner(app, stage, name), tuple(group), root if len(members) == 1 else root / _folder_name(name))
        for name, group in members.items()
    )


def runs_code(settings: Mapping[str, Value]) -> bool:
    """Whether a function runs code, not an image."""
    return is_blank(settings.get("image"))


def _app_and_stage(owners: Mapping[Address, Owner | None], root: Path, stage: str | None) -> tuple[str, str]:
    """The app and stage of all functions."""
    projects = {(owner.app, owner.stage): function for function, owner in owners.items() if owner is not None}
    if len(projects) > 1:
        listed = ", ".join(
            message('{function} to app "{app}", stage "{stage}"', function=function, app=app, stage=own_stage)
            for (app, own_stage), function in projects.items()
        )
        raise ScfDeployError(
            message("these functions belong to several projects: {projects}", projects=listed),
            hint=message("Import each project separately, with its own --out."),
        )
    for app, own_stage in projects:
        if stage not in (None, own_stage):
            raise ScfDeployError(
                message('the functions belong to stage "{owned}", not to "{given}"', owned=own_stage, given=stage),
                hint=message("Leave out --stage."),
            )
        return app, own_stage
    first = next(iter(owners)).function
    name = root.name if len(owners) > 1 and _FOLDER_NAME.fullmatch(root.name) else first
    return app_name(project_name(name)), stage or _DEFAULT_STAGE


def _instance_names(function: Address) -> Iterator[str]:
    yield function.function
    yield f"{function.namespace}-{function.function}"
    yield from (f"{function.namespace}-{function.function}-{number}" for number in range(2, 1000))


def _folder_name(name: str) -> str:
    """The name of a folder for `name`, which comes from the cloud and must not act as a path."""
    return name if _FOLDER_NAME.fullmatch(name) else project_name(name)
