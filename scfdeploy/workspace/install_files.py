"""Puts new files and folders where they belong, each at once and only when all of them are ready."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.workspace.atomic_write import PendingFile, pending_file

_ASIDE = "before-import"


@dataclass(frozen=True, slots=True)
class NewText:
    """The text of a file. A `private` one is for its owner alone."""

    text: str
    private: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """What was written, in order, and which older folders were moved where."""

    files: list[str] = field(default_factory=list)
    aside: list[tuple[str, str]] = field(default_factory=list)


def refuse_what_is_there(paths: Iterable[Path]) -> None:
    """Raise ScfDeployError when one of these is there; an empty folder is not in the way."""
    there = sorted(str(path) for path in paths if os.path.lexists(path) and not _is_empty_folder(path))
    if there:
        raise ScfDeployError(
            f"nothing was written: already there: {', '.join(there)}",
            hint="Choose another folder with --out, or give --force to write nevertheless.",
        )


def place(folders: Mapping[Path, Path], texts: Mapping[Path, NewText]) -> Placed:
    """Move each folder (new place: where it is made), then write each text, in order; the last is the one that counts.

    A folder that is there already is moved aside, never lost; a text that is there is replaced. Raises ScfDeployError,
    with what is not in place yet left as it was.
    """
    placed = Placed()
    made: list[PendingFile] = []
    try:
        with ExitStack() as stack:
            for target, new in texts.items():
                target.parent.mkdir(parents=True, exist_ok=True)
                mode = 0o600 if new.private else 0o644
                made.append(stack.enter_context(pending_file(str(target), new.text.encode(), mode=mode)))
            for target, folder in folders.items():
                target.parent.mkdir(parents=True, exist_ok=True)
                _move_aside(target, placed)
                folder.rename(target)
                placed.files.append(str(target))
            for file in made:
                file.replace()
                placed.files.append(file.target)
    except OSError as error:
        raise ScfDeployError(
            f"{error.filename or 'a file'} cannot be written: {error.strerror}",
            hint="Choose a folder that you may write to." + _done(placed.files),
        ) from error
    return placed


def _move_aside(target: Path, placed: Placed) -> None:
    if _is_empty_folder(target):
        target.rmdir()
    elif os.path.lexists(target):
        names = (f"{target.name}.{_ASIDE}", *(f"{target.name}.{_ASIDE}-{number}" for number in range(2, 1000)))
        aside = next(path for name in names if not os.path.lexists(path := target.with_name(name)))
        target.rename(aside)
        placed.aside.append((str(target), str(aside)))


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and not os.listdir(path)


def _done(files: Sequence[str]) -> str:
    return f" Written before that: {', '.join(files)}." if files else ""
