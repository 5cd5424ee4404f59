"""Installs new files and folders, each atomically, once all of them are ready."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.records import dataclass, field
from scfdeploy.workspace.atomic_write import PendingFile, pending_file

_BACKUP = "before-import"


@dataclass(frozen=True, slots=True)
class NewText:
    """The text of a file."""

    text: str
    private: bool = False
    """Readable and writable by its owner only."""


@dataclass(frozen=True, slots=True)
class InstalledFiles:
    """The result of `install`."""

    files: list[str] = field(default_factory=list)
    """Installed files and folders, in order."""
    backups: list[tuple[str, str]] = field(default_factory=list)
    """Existing folders that were renamed: old path, new path."""


def require_absent(paths: Iterable[Path]) -> None:
    """Raise ScfDeployError when one of these paths exists; an empty folder does not count."""
    existing = sorted(str(path) for path in paths if os.path.lexists(path) and not _is_empty_folder(path))
    if existing:
        raise ScfDeployError(
            message("nothing was written; already present: {files}", files=", ".join(existing)),
            hint=message("Choose another folder with --out, or overwrite with --force."),
        )


def install(folders: Mapping[Path, Path], texts: Mapping[Path, NewText]) -> InstalledFiles:
    """Move each folder (target: source), then write each text, in order.

    An existing folder is renamed to a backup; an existing file is replaced. Raises ScfDeployError and leaves
    the targets that were not installed yet unchanged.
    """
    installed = InstalledFiles()
    pending: list[PendingFile] = []
    try:
        with ExitStack() as stack:
            for target, new in texts.items():
                target.parent.mkdir(parents=True, exist_ok=True)
                mode = 0o600 if new.private else 0o644
                pending.append(stack.enter_context(pending_file(str(target), new.text.encode(), mode=mode)))
            for target, folder in folders.items():
                target.parent.mkdir(parents=True, exist_ok=True)
                _back_up(target, installed)
                folder.rename(target)
                installed.files.append(str(target))
            for file in pending:
                file.replace()
                installed.files.append(file.target)
    except OSError as error:
        raise ScfDeployError(
            message(
                "{file} cannot be written: {reason}", file=error.filename or message("a file"), reason=error.strerror
            ),
            hint=message("Choose a writable folder.") + _done(installed.files),
        ) from error
    return installed


def _back_up(target: Path, installed: InstalledFiles) -> None:
    if _is_empty_folder(target):
        target.rmdir()
    elif os.path.lexists(target):
        names = (f"{target.name}.{_BACKUP}", *(f"{target.name}.{_BACKUP}-{number}" for number in range(2, 1000)))
        backup = next(path for name in names if not os.path.lexists(path := target.with_name(name)))
        target.rename(backup)
        installed.backups.append((str(target), str(backup)))


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and not os.listdir(path)


def _done(files: Sequence[str]) -> str:
    return " " + message("Already written: {files}.", files=", ".join(files)) if files else ""
