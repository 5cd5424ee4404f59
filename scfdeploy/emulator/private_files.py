"""Files in shared folders: rejects links and files that another user may have placed there."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import IO


def require_private_folder(folder: Path) -> None:
    """Create a folder for this user alone. Raises OSError for an existing link, or a folder that others can use."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, "it is a link or a file", str(folder)) from None
        if status.st_uid != os.getuid():
            raise PermissionError(errno.EPERM, "it belongs to another user", str(folder)) from None
        if stat.S_IMODE(status.st_mode) & 0o077:
            raise PermissionError(errno.EPERM, "other users may enter it", str(folder)) from None


def open_to_write(path: Path) -> IO[str]:
    """Open a file for writing, created for this user alone. Raises OSError for a link."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600), "w")


def require_own_file(path: Path) -> None:
    """Raise OSError if a world-writable folder holds a link on the path of the file, or the file of another user.

    The file itself does not have to exist.
    """
    file = Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` would follow the links to detect
    for place in (file, *file.parents):
        try:
            status = place.lstat()
        except FileNotFoundError:
            continue
        if not place.parent.stat().st_mode & stat.S_IWOTH:
            continue
        if stat.S_ISLNK(status.st_mode):
            raise OSError(errno.ELOOP, "a link in a folder that every user may write to is not followed", str(place))
        if status.st_uid != os.getuid() and place == file:
            raise PermissionError(
                errno.EPERM, "it belongs to another user, in a folder that is open to all", str(place)
            )
