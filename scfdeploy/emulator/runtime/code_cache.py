"""Unpacked code and layers in the temporary folder of the server, one folder for each hash."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import stat
import tempfile
import threading
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path


class CodeCache:
    """Unpacks each zip once. The folder is created on first use and removed by `close`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._root: Path | None = None

    def root(self) -> Path:
        """The server's temporary folder."""
        with self._lock:
            if self._root is None:
                self._root = Path(tempfile.mkdtemp(prefix="scfdeploy-functions-"))
            return self._root

    def folder(self, sha256: str, code: bytes) -> Path:
        """The folder of the unpacked code. Raises ValueError for a zip that reaches outside it."""
        return self._unpack_once(sha256, [code])

    def has_code(self, sha256: str) -> bool:
        """Whether this code is unpacked, so that `folder` does not read its bytes. It stays until `close`."""
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
