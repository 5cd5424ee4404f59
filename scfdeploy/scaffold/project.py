"""Create new projects, and derive the names of projects and apps."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.records import NamedTuple
from scfdeploy.scaffold.editor_schema import SCHEMA_FILE, modeline, schema_text
from scfdeploy.scaffold.project_templates import ProjectTemplate, choose_template
from scfdeploy.scaffold.rendering import project_environment, templates
from scfdeploy.workspace.atomic_write import pending_file

_MAX_NAME_LENGTH = 60
_FILE = "serverless.yml"


class NewProject(NamedTuple):
    """A project that was written."""

    name: str
    template: ProjectTemplate
    runtime: str
    files: Sequence[str]
    """The paths in the folder of the project, sorted."""


def new_project(
    directory: str,
    *,
    name: str,
    runtime: str | None = None,
    type: str | None = None,  # noqa: A002 - the option's name
    template: str | None = None,
) -> NewProject:
    """Write a project that is ready to deploy. Writes all files or none.

    `runtime`, `type` and `template` are as in `choose_template`. ScfDeployError when a file exists already or an
    argument is unknown.
    """
    chosen, chosen_runtime = choose_template(template, runtime, type)
    values = {
        "name": project_name(name),
        "app": app_name(project_name(name)),
        "runtime": chosen_runtime.name,
        "template": chosen.name,
        "description": message(chosen.description),
    }
    files = _with_schema(_rendered(chosen, values), Path(directory))
    _write({Path(directory, path): text for path, text in files.items()}, Path(directory))
    return NewProject(values["name"], chosen, chosen_runtime.name, sorted(files))


def _rendered(template: ProjectTemplate, values: Mapping[str, str]) -> dict[str, str]:
    """The text of each file by its path in the project. A file of the template replaces a common one."""
    root = templates() / "init"
    environment = project_environment()
    sources = {
        path.relative_to(root / folder).as_posix(): path.relative_to(root).as_posix()
        for folder in ("common", template.name)
        for path in (root / folder).rglob("*.j2")
    }
    return {
        path.removesuffix(".j2"): environment.get_template(source).render(values) for path, source in sources.items()
    }


def _with_schema(files: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The files with the schema that editors check serverless.yml by, unless the folder has it."""
    files = {**files, _FILE: modeline(folder, folder) + files[_FILE]}
    return files if os.path.lexists(folder / SCHEMA_FILE) else {**files, SCHEMA_FILE: schema_text()}


def require_no_project(directory: str) -> None:
    """Raise ScfDeployError if a file that every new project has exists in the folder."""
    root = templates() / "init" / "common"
    names = [path.relative_to(root).as_posix().removesuffix(".j2") for path in root.rglob("*.j2")]
    _require_absent(Path(directory, name) for name in names)


def _require_absent(files: Iterable[Path]) -> None:
    existing = sorted(str(path) for path in files if os.path.lexists(path))
    if existing:
        raise ScfDeployError(
            message("nothing was written: files already exist: {paths}", paths=", ".join(existing)),
            hint=message("Choose another folder, or move these files away."),
        )


def _write(files: Mapping[Path, str], root: Path) -> None:
    _require_absent(files)
    written: list[Path] = []
    folders: list[Path] = []
    try:
        _make_folders(root, folders)
        with ExitStack() as stack:
            pending = [
                stack.enter_context(pending_file(str(path), text.encode(), near=str(root)))
                for path, text in files.items()
            ]
            for file in pending:
                path = Path(file.target)
                _make_folders(path.parent, folders)
                written.append(path)
                try:
                    file.create()
                except OSError:
                    written.pop()  # it can be a file of another program
                    raise
    except BaseException as error:
        # Also after Ctrl-C: a project that is half written could not be written again.
        for path in written:
            path.unlink(missing_ok=True)
        for folder in reversed(folders):
            with suppress(OSError):
                folder.rmdir()
        if not isinstance(error, OSError):
            raise
        where = error.filename or message("the new files")
        raise ScfDeployError(
            message("nothing was written: {path}: {reason}", path=where, reason=error.strerror),
            hint=message("Choose a writable folder."),
        ) from error


def _make_folders(folder: Path, created: list[Path]) -> None:
    """Create a folder and its missing parents, and append each to `created`."""
    missing = [each for each in (folder, *folder.parents) if not each.is_dir()]
    for each in reversed(missing):
        each.mkdir()
        created.append(each)


def project_name(text: str) -> str:
    """A valid function and instance name: 2 to 60 letters, digits, `-` and `_`, starting with a letter.

    Other characters become `-`. ScfDeployError when nothing usable is left, or the name is too long.
    """
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", text)
    name = re.sub(r"^[^A-Za-z]+|[^A-Za-z0-9]+$", "", name)
    if len(name) < 2:
        raise ScfDeployError(
            message('cannot derive a project name from "{text}"', text=text),
            hint=message("Pass --name with at least two characters: letters, digits, - and _, starting with a letter."),
        )
    if len(name) > _MAX_NAME_LENGTH:
        raise ScfDeployError(
            message(
                '"{name}" is too long for a function name: {length} characters, at most {most}',
                name=name,
                length=len(name),
                most=_MAX_NAME_LENGTH,
            ),
            hint=message("Pass a shorter name with --name."),
        )
    return name


def app_name(name: str) -> str:
    """The app name of a project: lower-case letters, digits and `-`."""
    return name.lower().replace("_", "-")
