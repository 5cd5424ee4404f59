"""The folders of users' test events: `.scfdeploy/templates/<function>`, which git does not ignore.

A function outside of the namespace `default` has the folder `<namespace>/<function>`.
"""

from __future__ import annotations

import os
from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.workspace.paths import NAME, refuse_links, require_state_dir

_TEMPLATES = "templates"
_IGNORE_ALL = b"*\n"
_IGNORE_OTHERS = b"*\n!/templates/\n!/templates/**\n"


def folder_name(namespace: str, function: str) -> str:
    """The name of a function's folder below `.scfdeploy/templates`."""
    return function if namespace == "default" else f"{namespace}/{function}"


def template_dir(root: str, function: str) -> Path:
    """The folder of a function's templates; not created. Raises ScfDeployError for a symbolic link on the way."""
    refuse_links(root)
    folder = Path(root) / NAME / _TEMPLATES / function
    if folder.parent.name != _TEMPLATES:
        _refuse_link(folder.parent)
    _refuse_link(folder)
    for file in _entries(folder):
        _refuse_link(folder / file)
    return folder


def template_dirs(root: str) -> list[str]:
    """The names of all functions with a folder of templates, sorted. Raises ScfDeployError as `template_dir` does."""
    refuse_links(root)
    folder = Path(root) / NAME / _TEMPLATES
    found = []
    for name in _entries(folder):
        entries = _entries(folder / name)
        if any(entry.endswith(".json") for entry in entries):
            found.append(name)
        found += [f"{name}/{entry}" for entry in entries if os.path.isdir(folder / name / entry)]
    return sorted(found)


def require_template_dir(root: str, function: str) -> Path:
    """Create the folder of a function's templates, and let git see it. Raises ScfDeployError when that fails."""
    own = require_state_dir(root)
    folder = template_dir(root, function)
    try:
        os.makedirs(folder, exist_ok=True)
        ignore = own / ".gitignore"
        if ignore.read_bytes() == _IGNORE_ALL:
            ignore.write_bytes(_IGNORE_OTHERS)
    except OSError as error:
        raise ScfDeployError(
            message("cannot create the folder {folder}: {reason}", folder=folder, reason=error.strerror),
            hint=message("Choose a writable folder."),
        ) from error
    return folder


def _entries(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        raise ScfDeployError(
            message("{path} is a symbolic link; nothing was changed", path=path),
            hint=message("Replace the link with a folder or file."),
        )
