"""Create new projects."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError, did_you_mean
from scfdeploy.facts import Runtime, runtimes
from scfdeploy.scaffold.naming import app_name, project_name
from scfdeploy.scaffold.rendering import project_environment, templates
from scfdeploy.workspace.atomic_write import pending_file

_TYPES = ("event", "web")
_ABOUT = {"event": "A function that answers events.", "web": "A function that answers HTTP requests."}


def new_project(directory: str, *, name: str, runtime: str, type: str) -> list[str]:  # noqa: A002 - the option's name
    """Write a project that can be deployed at once, and return the written paths, sorted.

    `runtime` is a language or a full runtime name, `type` is `event` or `web`. Writes all files or none.
    ScfDeployError when a file exists already or an argument is unknown.
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
    """Each file of these layers as (path in the project, text)."""
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
            f"nothing was written: files already exist: {', '.join(in_the_way)}",
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
            f"nothing was written: {where}: {error.strerror}", hint="Choose a writable folder."
        ) from error


def _make_folders(folder: Path, made: list[Path]) -> None:
    """Create a folder and its missing parents, and append each to `made`. OSError."""
    missing = [each for each in (folder, *folder.parents) if not each.is_dir()]
    for each in reversed(missing):
        each.mkdir()
        made.append(each)


_PREFERRED = {"python": "Python3.10", "nodejs": "Nodejs18.15"}
SUFFIXES = {"python": "py", "nodejs": "js"}
_OTHER_WORDS = {"node": "nodejs", "node.js": "nodejs", "js": "nodejs", "py": "python", "python3": "python"}


def choose_runtime(text: str) -> Runtime:
    """The runtime for a language (`python`, `nodejs`) or a full name in any case (`python3.9`).

    ScfDeployError when the runtime is unknown, has no template, or is too old for new projects.
    """
    word = text.strip().lower()
    language = _OTHER_WORDS.get(word, word)
    known = {name.lower(): found for name, found in runtimes().items()}
    found = known.get(_PREFERRED.get(language, word).lower())
    if found is None:
        guess = did_you_mean(text, [*_PREFERRED, *runtimes()])
        raise ScfDeployError(f'unknown runtime "{text}"', hint=guess or _offer())
    if found.language not in _PREFERRED:
        raise ScfDeployError(f"there is no template for {found.name}", hint=_offer())
    if found.state in ("old", "retiring"):
        newer = _PREFERRED[found.language]
        raise ScfDeployError(f"{found.name} is too old for a new project", hint=f"Use --runtime {newer}.")
    return found


def _offer() -> str:
    names = [name for name, found in runtimes().items() if found.language in _PREFERRED and found.state == "current"]
    return f"Choose python or nodejs, or exactly one of {', '.join(names)}."
