"""One run at a time that writes, in one checkout: a lock that the system itself takes back when its holder dies."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import IO

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.records import dataclass
from scfdeploy.workspace.paths import NAME, state_dir

_LONGEST_NAME = 100


@dataclass(slots=True)
class ProjectLock:
    """Holds nothing until `acquire` is called; `project_lock` releases it."""

    command: str
    _file: IO[bytes] | None = None

    def acquire(self, root: str, *, stage: str, region: str, related: Iterable[str] = ()) -> None:
        """Lock one stage of the project in its checkout. Raises ScfDeployError when another run holds it.

        `related` are folders whose locks no other run may hold either. They are looked at after the own lock is held,
        so that of two runs that start at once at least one sees the other. Where no file can be written there is
        nothing to hold, and nothing is. A system without locks is refused.
        """
        _require_locks()
        name = _name(stage, region)
        self._lock(root, name)
        for folder in related:
            path = f"{folder}/{NAME}/{name}"
            if os.path.exists(path):  # most folders of a large project never were a project themselves
                _require_unlocked(path)

    def _lock(self, root: str, name: str) -> None:
        with suppress(OSError):
            path = f"{state_dir(root)}/{name}"
            file = _opened(path)
            if not _locked(file):
                with file:
                    raise _held(file.read(200).decode("utf-8", "replace"))
            # Held from here on, also where a full disk takes no word of whose it is.
            self._file = file
            file.truncate(0)
            file.write(f"process {os.getpid()}, {self.command}".encode())

    def release(self) -> None:
        """Give it up; the file stays, without the name of its last holder."""
        if self._file is not None:
            with self._file, suppress(OSError):
                self._file.truncate(0)


@contextmanager
def project_lock(command: str) -> Iterator[ProjectLock]:
    """A claim for the length of a command."""
    lock = ProjectLock(command)
    try:
        yield lock
    finally:
        lock.release()


@contextmanager
def momentary_lock(path: str) -> Iterator[None]:
    """Hold a lock that every process holds for moments only, and wait for it. Where none is possible, none is held."""
    with ExitStack() as held:
        with suppress(OSError, ImportError):
            import fcntl

            file = held.enter_context(_opened(path))
            fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        yield


def _name(stage: str, region: str) -> str:
    """Stages and regions do not stand in each other's way, however long their names are."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in f"{stage}-{region}")
    if len(plain) > _LONGEST_NAME:
        import hashlib

        plain = hashlib.sha256(f"{stage}/{region}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"lock-{plain}"


def _require_locks() -> None:
    try:
        import fcntl  # noqa: F401
    except ImportError:  # Windows, where only the Python API gets here
        raise ScfDeployError(
            message("the project cannot be locked on this system, and nothing was changed"),
            hint=message("Run scfdeploy on Linux or macOS; on Windows, in the Windows Subsystem for Linux."),
        ) from None


def _opened(path: str) -> IO[bytes]:
    """A file to lock, created if there is none. Raises OSError for a link."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600), "r+b", buffering=0)


def _require_unlocked(path: str) -> None:
    """Raise ScfDeployError if another run holds this lock. Holds nothing, and creates no file."""
    with suppress(OSError), open(path, "rb", opener=_open_no_link) as file:
        if not _locked(file, shared=True):
            raise _held(file.read(200).decode("utf-8", "replace"))


def _open_no_link(path: str, flags: int) -> int:
    # Without O_NONBLOCK, a FIFO in place of the file would be waited for.
    return os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)


def _locked(file: IO[bytes], *, shared: bool = False) -> bool:
    import fcntl

    try:
        fcntl.flock(file.fileno(), (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


def _held(by: str) -> ScfDeployError:
    who = f" ({by})" if by else ""
    return ScfDeployError(
        message("another run of scfdeploy works on this checkout{who}, and nothing was changed", who=who),
        hint=message("Wait until it has ended, then run this again."),
    )
