"""Find the files of a project, and warn about a file in the parent folder that is not read."""

from __future__ import annotations

import os
from typing import NamedTuple

from scfdeploy.config.files import absolute, display_path, read_text
from scfdeploy.config.yaml import MappingNode, ScalarNode, parse
from scfdeploy.config.yaml.nodes import is_null
from scfdeploy.diagnostics import Diagnostics, Span
from scfdeploy.model import Instance

# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH110, PTH112, PTH118, PTH119, PTH120


FILE_NAMES = ("serverless.yml", "serverless.yaml", "serverless.json")


class ProjectFiles(NamedTuple):
    """The files, as absolute paths in the order of their folders' names, and the project's folder."""

    files: tuple[str, ...]
    root: str


def discover(path: str, cwd: str, diagnostics: Diagnostics) -> ProjectFiles:
    """The files that `path`, a file or a folder, stands for; none and a finding when there are none."""
    full = absolute(path, cwd)
    place = Span.at(display_path(full, cwd))
    if "\x00" in path or not os.path.lexists(full):
        _missing(full, place, diagnostics)
        return ProjectFiles((), full)
    if not os.path.isdir(full):
        return ProjectFiles((full,), os.path.dirname(full))
    if os.path.basename(full) in FILE_NAMES:
        return ProjectFiles((full,), os.path.dirname(full))  # reading it will say that it is a folder
    own = _file_in(full, cwd, diagnostics)
    if own is not None:
        return ProjectFiles((own,), full)
    files = tuple(
        file for folder in _folders_in(full, place, diagnostics) if (file := _file_in(folder, cwd, diagnostics))
    )
    if not files and not diagnostics.has_errors:
        diagnostics.error(
            "file-missing",
            place,
            "No serverless.yml",
            detail=f"Neither {place.file} nor a folder directly in it has a serverless.yml.",
            hint="Name the folder that has one, or make a project with `scfdeploy init`.",
        )
    return ProjectFiles(files, full)


def _missing(full: str, place: Span, diagnostics: Diagnostics) -> None:
    others = [
        name for name in FILE_NAMES if "\x00" not in full and os.path.exists(os.path.join(os.path.dirname(full), name))
    ]
    hint = (
        f"Did you mean {others[0]} in that folder?"
        if others
        else "Check the path, or make a project with `scfdeploy init`."
    )
    diagnostics.error(
        "file-missing", place, "File or folder does not exist", detail=f"{full!r} does not exist.", hint=hint
    )


def _file_in(folder: str, cwd: str, diagnostics: Diagnostics) -> str | None:
    present = [file for name in FILE_NAMES if os.path.lexists(file := os.path.join(folder, name))]
    if len(present) > 1:
        names = " and ".join(os.path.basename(file) for file in present)
        diagnostics.warning(
            "several-files",
            Span.at(display_path(present[0], cwd)),
            "Several files for one instance",
            detail=f"The folder has {names}; only {os.path.basename(present[0])} is read.",
            hint="Keep one of them.",
        )
    return present[0] if present else None


def _folders_in(folder: str, place: Span, diagnostics: Diagnostics) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.path for entry in entries if not entry.name.startswith(".") and entry.is_dir())
    except OSError as error:
        diagnostics.error(
            "file-unreadable",
            place,
            "Folder cannot be read",
            detail=f"{place.file}: {error.strerror}.",
            hint="Check the permissions.",
        )
        return []


# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH113, PTH118, PTH120


def warn_about_parent_file(instance: Instance, cwd: str, diagnostics: Diagnostics) -> None:
    """Warn when the folder above names another app or stage: moving over from the vendor's tool changes names."""
    folder = os.path.dirname(instance.root)
    path = next((path for name in FILE_NAMES if os.path.isfile(path := os.path.join(folder, name))), None)
    if path is None or folder == instance.root:
        return
    unseen = Diagnostics()  # what is wrong with that file is not this project's matter
    text = read_text(path, path, unseen)
    tree = None if text is None else parse(text, path, unseen)
    if not isinstance(tree, MappingNode):
        return
    for key, mine in (("app", instance.app), ("stage", instance.stage)):
        entry = tree.get(key)
        if entry is None or not isinstance(entry.value, ScalarNode) or is_null(entry.value):
            continue
        if "${" not in entry.value.text and entry.value.text != mine:
            diagnostics.warning(
                "parent-file-ignored",
                instance.span,
                "File in the folder above is not followed",
                detail=f"{display_path(path, cwd)} has `{key}: {entry.value.text}`, which the vendor's own tool "
                f"puts in the place of `{key}: {mine}`. This tool reads only the file of the instance.",
                hint=f"Write the same {key} in both, or pass --stage."
                if key == "stage"
                else "Write the same app in both.",
            )
