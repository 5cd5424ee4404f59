"""Create new projects, and derive the names of projects and apps."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError, did_you_mean, message
from scfdeploy.facts import Runtime, runtimes
from scfdeploy.scaffold.rendering import project_environment, templates
from scfdeploy.workspace.atomic_write import pending_file

_TYPES = ("event", "web")
_MAX_NAME_LENGTH = 60
_ABOUT = {"event": "A function that handles events.", "web": "A function that handles HTTP requests."}


def new_project(directory: str, *, name: str, runtime: str, type: str) -> list[str]:  # noqa: A002 - the option's name
    """Write a project that is ready to deploy, and return the written paths, sorted.

    `runtime` is a language or a full runtime name, `type` is `event` or `web`. Writes all files or none.
    ScfDeployError when a file exists already or an argument is unknown.
    """
    if type not in _TYPES:
        raise ScfDeployError(message('unknown type "{type}"', type=type), hint=message("Choose event or web."))
    chosen = _choose_runtime(runtime)
    words = {
        "name": project_name(name),
        "app": app_name(project_name(name)),
        "runtime": chosen.name,
        "type": type,
        "suffix": _SUFFIXES[chosen.language],
        "about": _ABOUT[type],
    }
    layers = ("common", type, f"{chosen.language}-{type}")
    files = {Path(directory, path): text for path, text in _rendered(layers, words)}
    _write(files, Path(directory))
    return sorted(str(path) for path in files)


def _rendered(layers: tuple[str, ...], words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each file of these layers as (path in the project, text)."""
    root = templates() / "init"
    environment = project_environment()
    for layer in layers:
        for template in sorted((root / layer).rglob("*.j2")):
            path = template.relative_to(root / layer).as_posix().removesuffix(".j2")
            yield path, environment.from_string(template.read_text(encoding="utf-8")).render(words)


def _write(files: Mapping[Path, str], root: Path) -> None:
    existing = sorted(str(path) for path in files if os.path.lexists(path))
    if existing:
        raise ScfDeployError(
            message("nothing was written: files already exist: {paths}", paths=", ".join(existing)),
            hint=message("Choose another folder, or move these files away."),
        )
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
                file.create()
                written.append(path)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        for folder in reversed(folders):
            with suppress(OSError):
                folder.rmdir()
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


_PREFERRED = {"python": "Python3.10", "nodejs": "Nodejs18.15"}
_SUFFIXES = {"python": "py", "nodejs": "js"}
_LANGUAGE_ALIASES = {"node": "nodejs", "node.js": "nodejs", "js": "nodejs", "py": "python", "python3": "python"}


def _choose_runtime(text: str) -> Runtime:
    """The runtime for a language (`python`, `nodejs`) or a full name in any case (`python3.9`).

    ScfDeployError when the runtime is unknown, has no template, or is too old for new projects.
    """
    word = text.strip().lower()
    language = _LANGUAGE_ALIASES.get(word, word)
    by_name = {name.lower(): runtime for name, runtime in runtimes().items()}
    chosen = by_name.get(_PREFERRED.get(language, word).lower())
    if chosen is None:
        guess = did_you_mean(text, [*_PREFERRED, *runtimes()])
        raise ScfDeployError(message('unknown runtime "{text}"', text=text), hint=guess or _offer())
    if chosen.language not in _PREFERRED:
        raise ScfDeployError(message("there is no template for {runtime}", runtime=chosen.name), hint=_offer())
    if chosen.state in ("old", "retiring"):
        newer = _PREFERRED[chosen.language]
        raise ScfDeployError(
            message("{runtime} is too old for a new project", runtime=chosen.name),
            hint=message("Use --runtime {newer}.", newer=newer),
        )
    return chosen


def _offer() -> str:
    names = [
        name for name, runtime in runtimes().items() if runtime.language in _PREFERRED and runtime.state == "current"
    ]
    return message("Choose python or nodejs, or exactly one of {names}.", names=", ".join(names))


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
