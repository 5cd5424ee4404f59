"""A new project: rendered from the templates, written only where nothing is in the way."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.scaffold.location import templates
from scfdeploy.scaffold.naming import app_name, project_name
from scfdeploy.scaffold.rendering import project_environment
from scfdeploy.scaffold.runtimes import SUFFIXES, choose_runtime
from scfdeploy.workspace.atomic_write import pending_file

_TYPES = ("event", "web")
_ABOUT = {"event": "A function that answers events.", "web": "A function that answers HTTP requests."}


def new_project(directory: str, *, name: str, runtime: str, type: str) -> list[str]:  # noqa: A002 - the option's name
    """Write a project that deploys as it is, and give the paths written, in the order of their names.

    `runtime` is a language or a full name, `type` is `event` or `web`; what does not fit in `name` becomes `-`.
    Writes everything or nothing: raises ScfDeployError when a file is in the way or a word is unknown.
    """
    if type not in _TYPES:
        raise ScfDeployError(f'unknown type "{type}"', hint="Choose event or web.")
    chosen = choose_runtime(runtime)
    words = {
        "name": project_name(name),
        "app": app_name(project_name(name)),
        "runtime": chosen.name,
        "type": type,
        "suffix": SUFFIXES[chosen.language],
        "about": _ABOUT[type],
    }
    layers = ("common", type, f"{chosen.language}-{type}")
    files = {Path(directory, path): text for path, text in _rendered(layers, words)}
    _write(files, Path(directory))
    return sorted(str(path) for path in files)


def _rendered(layers: tuple[str, ...], words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each file of these layers as (path inside the project, text)."""
    root = templates() / "init"
    environment = project_environment()
    for layer in layers:
        for template in sorted((root / layer).rglob("*.j2")):
            path = template.relative_to(root / layer).as_posix().removesuffix(".j2")
            yield path, environment.from_string(template.read_text(encoding="utf-8")).render(words)


def _write(files: Mapping[Path, str], root: Path) -> None:
    in_the_way = sorted(str(path) for path in files if os.path.lexists(path))
    if in_the_way:
        raise ScfDeployError(
            f"nothing was written: already there: {', '.join(in_the_way)}",
            hint="Choose another folder, or move these files away.",
        )
    written: list[Path] = []
    folders: list[Path] = []
    try:
        _make_folders(root, folders)
        with ExitStack() as stack:
            made = [
                stack.enter_context(pending_file(str(path), text.encode(), near=str(root)))
                for path, text in files.items()
            ]
            for file in made:
                path = Path(file.target)
                _make_folders(path.parent, folders)
                file.create()
                written.append(path)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        for folder in reversed(folders):
            with suppress(OSError):
                folder.rmdir()
        where = error.filename or "the new files"
        raise ScfDeployError(
            f"nothing was written: {where}: {error.strerror}", hint="Choose a folder that you may write to."
        ) from error


def _make_folders(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it that are missing, and note each in `made`. Raises OSError."""
    missing = [each for each in (folder, *folder.parents) if not each.is_dir()]
    for each in reversed(missing):
        each.mkdir()
        made.append(each)
