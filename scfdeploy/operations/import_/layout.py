"""Which functions that exist share a file, whose they are, and where file and code are put."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, Observed, Owner, Value
from scfdeploy.plan.diff.normalise import is_blank
from scfdeploy.scaffold.naming import app_name, project_name

_DEFAULT_STAGE = "dev"
_HARMLESS = re.compile(r"[A-Za-z][A-Za-z0-9_-]*[A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Group:
    """The functions of one file, which lies in `folder`, and the mark that the file gives them."""

    owner: Owner
    functions: tuple[Address, ...]
    folder: Path

    @property
    def file(self) -> Path:
        """The file."""
        return self.folder / "serverless.yml"

    def source(self, function: Address) -> str:
        """Where the code of a function is put, relative to the folder."""
        if len(self.functions) == 1:
            return "src"
        twins = [other for other in self.functions if other.function == function.function]
        own = function.function if len(twins) == 1 else f"{function.namespace}-{function.function}"
        return f"src/{_folder_name(own)}"


def group_functions(
    functions: Sequence[Address], observed: Observed, root: Path, *, stage: str | None
) -> tuple[Group, ...]:
    """The files to write: one for each instance, that of the mark where there is one.

    A single one lies in `root`, several in folders of it. Raises ScfDeployError when the functions cannot be one
    project.
    """
    marks = {function: observed.resources[function].owner for function in functions}
    app, stage = _project(marks, root, stage)
    members: dict[str, list[Address]] = {}
    for function, mark in marks.items():
        if mark is not None:
            members.setdefault(mark.instance, []).append(function)
    for function, mark in marks.items():
        if mark is None:
            members[next(name for name in _names(function) if name not in members)] = [function]
    is_one = len(members) == 1
    return tuple(
        Group(Owner(app, stage, name), tuple(found), root if is_one else root / _folder_name(name))
        for name, found in members.items()
    )


def runs_code(settings: Mapping[str, Value]) -> bool:
    """Whether a function runs code, in place of an image."""
    return is_blank(settings.get("image"))


def _project(marks: Mapping[Address, Owner | None], root: Path, stage: str | None) -> tuple[str, str]:
    """App and stage of all of them."""
    found = {(mark.app, mark.stage): function for function, mark in marks.items() if mark is not None}
    if len(found) > 1:
        told = ", ".join(f'{function} to app "{app}", stage "{own}"' for (app, own), function in found.items())
        raise ScfDeployError(
            f"these functions belong to several projects: {told}",
            hint="Import each project by itself, to its own --out.",
        )
    for app, own in found:
        if stage not in (None, own):
            raise ScfDeployError(f'the functions belong to stage "{own}", not to "{stage}"', hint="Leave out --stage.")
        return app, own
    first = next(iter(marks)).function
    name = root.name if len(marks) > 1 and _HARMLESS.fullmatch(root.name) else first
    return app_name(project_name(name)), stage or _DEFAULT_STAGE


def _names(function: Address) -> Iterator[str]:
    yield function.function
    yield f"{function.namespace}-{function.function}"
    yield from (f"{function.namespace}-{function.function}-{number}" for number in range(2, 1000))


def _folder_name(name: str) -> str:
    """A name as that of a folder: what the cloud says is no path."""
    return name if _HARMLESS.fullmatch(name) else project_name(name)
