"""Write files atomically: a reader sees the old content or the new content, never a part of either."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.workspace.paths import NAME, make_hidden_folder

_SCRATCH = "tmp"
_STALE_S = 3600
_SUFFIX = ".tmp"
_PREFIX = f"{NAME}-"
_ATTEMPTS = 5
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class PendingFile:
    """New content on disk that is not visible under its target path yet."""

    __slots__ = ("path", "target")

    def __init__(self, path: str, target: str) -> None:
        self.path = path
        self.target = target

    def replace(self) -> None:
        """Move it to the target, replacing an existing file. Raises OSError."""
        os.replace(self.path, self.target)

    def create(self) -> None:
        """Move it to the target. Raises FileExistsError when the target exists, and OSError."""
        try:
            os.link(self.path, self.target)
        except FileExistsError:
            raise
        except OSError:
            # A file system without hard links.
            if os.path.lexists(self.target):
                raise FileExistsError(17, "File exists", self.target) from None
            os.rename(self.path, self.target)


def write_file(path: str, content: bytes, *, private: bool = False) -> None:
    """Write a file atomically; for a link, the file it points to. Raises OSError.

    An existing file keeps its permissions; a `private` file is accessible to its owner only. A path that is not a
    regular file, such as a pipe, is written to directly.
    """
    target = os.path.realpath(path)
    if _is_stream(path, target):
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        try:
            _write_all(descriptor, content)
        finally:
            os.close(descriptor)
        return
    with pending_file(target, content, mode=0o600 if private else 0o666) as made:
        if not private and os.path.exists(target):
            _copy_permissions(target, made.path)
        made.replace()


def append_to_file(path: str, content: bytes) -> None:
    """Append to a file, completely or not at all. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        size = os.fstat(descriptor).st_size
        try:
            _write_all(descriptor, content)
        except OSError:
            with suppress(OSError):
                os.ftruncate(descriptor, size)
            raise
    finally:
        os.close(descriptor)


@contextmanager
def pending_file(target: str, content: bytes, *, mode: int = 0o666, near: str = "") -> Iterator[PendingFile]:
    """Write new content for `target` to a temporary file; it is removed unless it replaces the target.

    The file is created beside the target, or in the folder `near`, which must be on the same file system. Raises
    OSError with the target's name, and leaves nothing behind, when it cannot be written.
    """
    folder = near or os.path.dirname(target) or "."
    made = ""
    is_new = False
    try:
        try:
            made, is_new, descriptor = _open(folder, mode)
            try:
                _write_all(descriptor, content)
                os.fsync(descriptor)
                _remove_stale(os.path.dirname(made), os.fstat(descriptor).st_mtime)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise OSError(error.errno, error.strerror, target) from error
        yield PendingFile(made, target)
    finally:
        _clear_away(folder, made, is_new=is_new)


def _open(folder: str, mode: int) -> tuple[str, bool, int]:
    """A new temporary file: its path, whether `.scfdeploy` was created for it, and its descriptor."""
    name = f"{_PREFIX}{os.urandom(8).hex()}{_SUFFIX}"
    own = os.path.join(folder, NAME)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    for _ in range(_ATTEMPTS):
        if any(os.path.islink(path) for path in (own, os.path.join(own, _SCRATCH))) or (
            os.path.lexists(own) and not os.path.isdir(own)
        ):
            # `.scfdeploy` is taken; the prefix of the file name keeps it out of packages.
            path = os.path.join(folder, name)
            return path, False, os.open(path, flags, mode)
        is_new = make_hidden_folder(own)
        # Another run may remove the folder as soon as its own file is done.
        with suppress(FileNotFoundError):
            os.makedirs(os.path.join(own, _SCRATCH), exist_ok=True)
            path = os.path.join(own, _SCRATCH, name)
            return path, is_new, os.open(path, flags, mode)
    raise FileNotFoundError(2, "No such file or directory", own)


def _write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _remove_stale(folder: str, now_s: float) -> None:
    """Remove temporary files of killed runs; `now_s` is the time of a file just written to the folder."""
    with suppress(OSError):
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if name.startswith(_PREFIX) and name.endswith(_SUFFIX) and now_s - os.lstat(path).st_mtime > _STALE_S:
                os.unlink(path)


def _clear_away(folder: str, made: str, *, is_new: bool) -> None:
    own = os.path.join(folder, NAME)
    with suppress(OSError):
        if made:
            os.unlink(made)
    with suppress(OSError):
        os.rmdir(os.path.join(own, _SCRATCH))
    if is_new and _has_only_ignore(own):
        with suppress(OSError):
            os.unlink(os.path.join(own, ".gitignore"))
        try:
            os.rmdir(own)
        except OSError:
            # Another run has started to use it.
            with suppress(OSError):
                make_hidden_folder(own)


def _has_only_ignore(folder: str) -> bool:
    try:
        return os.listdir(folder) == [".gitignore"]
    except OSError:
        return False


def _is_stream(path: str, target: str) -> bool:
    """Whether a path cannot be replaced: a pipe, a device, or an open file of this process."""
    if path.startswith(("/dev/fd/", "/dev/std", "/proc/")):
        return True
    try:
        mode = os.stat(target).st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _copy_permissions(source: str, target: str) -> None:
    status = os.stat(source)
    with suppress(OSError):
        os.chown(target, status.st_uid, status.st_gid)
    os.chmod(target, stat.S_IMODE(status.st_mode))


def replace_file(path: Path, content: bytes) -> None:
    """Like `write_file`, but raises ScfDeployError for the user."""
    try:
        write_file(str(path), content)
    except OSError as error:
        raise ScfDeployError(
            message("{path} cannot be written: {reason}", path=path, reason=error.strerror),
            hint=message("The file was not changed."),
        ) from error


def disk_full(error: OSError) -> ScfDeployError | None:
    """The error for the user if a write failed because the disk or a quota is full; None for any other cause."""
    if error.errno not in _DISK_FULL:
        return None
    file = f": {error.filename}" if error.filename else ""
    return ScfDeployError(
        message("a file cannot be written: {reason}", reason=f"{error.strerror}{file}"),
        hint=message("Free some disk space, or raise the limit of file sizes, then run the command again."),
    )
