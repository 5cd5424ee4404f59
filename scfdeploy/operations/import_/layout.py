"""Layout of an import: which functions share a file, who owns them, and the paths of files and code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.model import DEFAULT_STAGE, Address, Observed, Owner, Resource, Value
from scfdeploy.plan.diff.normalise import is_blank
from scfdeploy.records import dataclass
from scfdeploy.scaffold.project import app_name, project_name

_DEFAULT_APP = "imported"
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
    functions: Sequence[Address], observed: Observed, root: Path, *, stage: str | None, nested: bool = False
) -> tuple[Group, ...]:
    """One group per instance: the owner's, or a new one for a function without an owner.

    A single file is in `root` unless `nested`, several are in folders below it. Raises ScfDeployError if the functions
    belong to several projects.
    """
    owners = {function: observed.resources[function].owner for function in functions}
    app, stage = default_project(root, stage) if nested else _app_and_stage(owners, root, stage)
    members: dict[str, list[Address]] = {}
    for function, owner in owners.items():
        if owner is not None:
            members.setdefault(owner.instance, []).append(function)
    taken = {name.lower() for name in members}  # some disks ignore case
    for function, owner in owners.items():
        if owner is None:
            names = _instance_names(function, nested=nested)
            members[name := next(name for name in names if name.lower() not in taken)] = [function]
            taken.add(name.lower())
    is_single = len(members) == 1 and not nested
    return tuple(
        Group(Owner(app, stage, name), tuple(group), root if is_single else root / _folder_name(name))
        for name, group in members.items()
    )


def default_project(root: Path, stage: str | None) -> tuple[str, str]:
    """The app and stage of functions without an owner that are imported into folders below `root`."""
    name = root.name if _FOLDER_NAME.fullmatch(root.name) else _DEFAULT_APP
    return app_name(project_name(name)), stage or DEFAULT_STAGE


def instance_folders(root: Path, function: Resource) -> list[Path]:
    """The folders below `root` that can have the file of a function after an import.

    Raises ScfDeployError if its name fits no folder.
    """
    if function.owner is not None:
        return [root / _folder_name(function.owner.instance)]
    names = islice(_instance_names(function.address, nested=True), 2)
    return [root / _folder_name(name) for name in names]


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
    return app_name(project_name(name)), stage or DEFAULT_STAGE


def _instance_names(function: Address, *, nested: bool) -> Iterator[str]:
    """Possible names of the instance. Nested ones begin with a name that does not depend on the other functions."""
    if function.namespace == "default" or not nested:
        yield function.function
    yield f"{function.namespace}-{function.function}"
    yield from (f"{function.namespace}-{function.function}-{number}" for number in range(2, 1000))


def _folder_name(name: str) -> str:
    """The name of a folder for `name`, which comes from the cloud and must not act as a path."""
    return name if _FOLDER_NAME.fullmatch(name) else project_name(name)
