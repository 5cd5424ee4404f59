"""Which files make up the project: one file, or one in each direct sub-folder."""
# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH110, PTH112, PTH118, PTH119, PTH120

from __future__ import annotations

import os
from typing import NamedTuple

from scfdeploy.config.files import absolute, shown
from scfdeploy.diagnostics import Diagnostics, Span

FILE_NAMES = ("serverless.yml", "serverless.yaml", "serverless.json")


class Found(NamedTuple):
    """The files, as absolute paths in the order of their folders' names, and the project's folder."""

    files: tuple[str, ...]
    root: str


def discover(path: str, cwd: str, diagnostics: Diagnostics) -> Found:
    """The files that `path`, a file or a folder, stands for; none and a finding when there are none."""
    full = absolute(path, cwd)
    place = Span.at(shown(full, cwd))
    if "\x00" in path or not os.path.lexists(full):
        _missing(full, place, diagnostics)
        return Found((), full)
    if not os.path.isdir(full):
        return Found((full,), os.path.dirname(full))
    if os.path.basename(full) in FILE_NAMES:
        return Found((full,), os.path.dirname(full))  # reading it will say that it is a folder
    own = _file_in(full, cwd, diagnostics)
    if own is not None:
        return Found((own,), full)
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
    return Found(files, full)


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
            Span.at(shown(present[0], cwd)),
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
