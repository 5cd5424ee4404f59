"""Unpacked code and layers in the temporary folder of the server, one folder for each hash."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import stat
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

# An update may replace code between the read of its version and the start of an instance.
_MAX_REPLACED = 4


class CodeCache:
    """Unpacks each zip once. The folder is created on first use and removed by `close`.

    Code with a hash for which `is_stored` is false is replaced code: it is removed when nothing uses it and several
    others were replaced after it.
    """

    def __init__(self, is_stored: Callable[[str], bool] = lambda _sha256: True) -> None:
        self._is_stored = is_stored
        self._lock = threading.Lock()
        self._root: Path | None = None
        self._users: dict[str, set[object]] = {}
        """Of each unpacked code."""

    def root(self) -> Path:
        """The server's temporary folder."""
        with self._lock:
            if self._root is None:
                self._root = Path(tempfile.mkdtemp(prefix="scfdeploy-functions-"))
            return self._root

    def folder(self, sha256: str, code: bytes) -> Path:
        """The folder of the unpacked code. Raises ValueError for a zip that reaches outside it."""
        target = self._unpack_once(sha256, [code])
        with self._lock:
            is_new = sha256 not in self._users
            self._users.setdefault(sha256, set())
        if is_new:
            self._remove_replaced()
        return target

    def use(self, sha256: str) -> Callable[[], None]:
        """Keep unpacked code until the returned function is called. It can be called several times."""
        user = object()
        with self._lock:
            self._users.setdefault(sha256, set()).add(user)

        def release() -> None:
            with self._lock:
                self._users.get(sha256, set()).discard(user)

        return release

    def has_code(self, sha256: str) -> bool:
        """Whether this code is unpacked, so that `folder` does not read its bytes. It stays while it is stored."""
        return self._is_unpacked(sha256)

    def has_layers(self, hashes: Sequence[str]) -> bool:
        """The same for the layers with these hashes, in this order."""
        return self._is_unpacked(_layers_name(hashes))

    def layers(self, layers: Sequence[tuple[str, bytes]]) -> Path | None:
        """The folder of all layers, later ones unpacked over earlier ones; None without layers.

        Raises ValueError for a zip that reaches outside it.
        """
        if not layers:
            return None
        return self._unpack_once(_layers_name([sha256 for sha256, _ in layers]), [content for _, content in layers])

    def file(self, content: bytes) -> Path:
        """An executable file with this content."""
        target = self.root() / f"program-{hashlib.sha256(content).hexdigest()}"
        with self._lock:
            if not target.exists():
                unfinished = target.with_suffix(".part")
                unfinished.write_bytes(content)
                unfinished.chmod(0o555)
                unfinished.rename(target)
        return target

    def close(self) -> None:
        """Remove everything that was unpacked."""
        with self._lock:
            if self._root is not None:
                shutil.rmtree(self._root, ignore_errors=True)
                self._root = None

    def _remove_replaced(self) -> None:
        with self._lock:
            unused = [sha256 for sha256, users in self._users.items() if not users]
        # Without the lock: this waits for the store.
        replaced = [sha256 for sha256 in unused if not self._is_stored(sha256)]
        for sha256 in replaced[:-_MAX_REPLACED]:
            removed = self.root() / f"removed-{sha256}"
            with self._lock:
                if self._users.get(sha256, {None}):
                    continue
                del self._users[sha256]
                # Programs that clean the temporary folder may have removed it.
                with contextlib.suppress(FileNotFoundError):
                    removed.with_name(sha256).rename(removed)
            shutil.rmtree(removed, ignore_errors=True)

    def _is_unpacked(self, name: str) -> bool:
        # Without the lock: the caller must not wait while another zip is unpacked. A name appears with all its files.
        root = self._root
        return root is not None and (root / name).exists()

    def _unpack_once(self, name: str, contents: Iterable[bytes]) -> Path:
        target = self.root() / name
        with self._lock:
            if not target.exists():
                unfinished = target.with_suffix(".part")
                shutil.rmtree(unfinished, ignore_errors=True)
                unfinished.mkdir(parents=True)
                for content in contents:
                    with zipfile.ZipFile(io.BytesIO(content)) as archive:
                        for entry in archive.infolist():
                            _unpack(archive, entry, unfinished)
                unfinished.rename(target)
        return target


def _layers_name(hashes: Sequence[str]) -> str:
    return f"opt-{hashlib.sha256('/'.join(hashes).encode()).hexdigest()}"


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, root: Path) -> None:
    target = root / entry.filename
    _require_inside(root, target, entry.filename)
    if entry.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_symlink():
        # Of an earlier layer: replace the link, not the file it leads to.
        target.unlink()
    mode = entry.external_attr >> 16
    if stat.S_ISLNK(mode):
        destination = archive.read(entry).decode()
        _require_inside(root, target.parent / destination, entry.filename)
        target.symlink_to(destination)
        return
    with archive.open(entry) as source, target.open("wb") as sink:
        shutil.copyfileobj(source, sink)
    # As on the platform, files without a mode are readable by all.
    target.chmod(stat.S_IMODE(mode) | stat.S_IRUSR | stat.S_IWUSR if mode else 0o644)


def _require_inside(root: Path, target: Path, name: str) -> None:
    if not Path(os.path.realpath(target)).is_relative_to(os.path.realpath(root)):
        raise ValueError(f"the zip's entry {name!r} reaches outside its folder")
