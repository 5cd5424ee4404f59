"""Files in folders that others may write to: nothing that somebody else has put there is used or followed."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import IO


def require_private_folder(folder: Path) -> None:
    """Make a folder for this user alone. Raises OSError when there is one that others own, may enter or link to."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, "it is a link or a file", str(folder)) from None
        if found.st_uid != os.getuid():
            raise PermissionError(errno.EPERM, "it belongs to another user", str(folder)) from None
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise PermissionError(errno.EPERM, "other users may enter it", str(folder)) from None


def open_to_write(path: Path) -> IO[str]:
    """Open a file, made for this user alone when missing. Raises OSError for a link."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600), "w")


def require_own_file(path: Path) -> None:
    """Raise OSError when the way to the file leads through a link, or the file is another user's, in a shared folder.

    A folder is shared when everybody may write to it. The file may be missing.
    """
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` would follow the links that are looked for
    for place in (whole, *whole.parents):
        try:
            found = place.lstat()
        except FileNotFoundError:
            continue
        if not place.parent.stat().st_mode & stat.S_IWOTH:
            continue
        if stat.S_ISLNK(found.st_mode):
            raise OSError(errno.ELOOP, "a link in a folder that every user may write to is not followed", str(place))
        if found.st_uid != os.getuid() and place == whole:
            raise PermissionError(
                errno.EPERM, "it belongs to another user, in a folder that is open to all", str(place)
            )
