"""Unpacked code, one folder for each hash, in a temporary folder that belongs to the server."""

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
    """Unpacks each zip once. The folder is made when first needed and removed by `close`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._root: Path | None = None

    def root(self) -> Path:
        """The server's temporary folder."""
        with self._lock:
            if self._root is None:
                self._root = Path(tempfile.mkdtemp(prefix="scfdeploy-functions-"))
            return self._root

    def home(self) -> Path:
        """The home folder of all functions: empty at first, and no other user's, as /tmp may be."""
        folder = self.root() / "home"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def folder(self, sha256: str, code: bytes) -> Path:
        """Where the code lies unpacked. Raises ValueError for a zip that would reach outside its folder."""
        return self._unpacked(sha256, [code])

    def layers(self, mounted: Sequence[tuple[str, bytes]]) -> Path | None:
        """Where layers lie unpacked together, later ones over earlier ones; None when there are none.

        Raises ValueError for a zip that would reach outside its folder.
        """
        if not mounted:
            return None
        names = hashlib.sha256("/".join(sha256 for sha256, _ in mounted).encode()).hexdigest()
        return self._unpacked(f"opt-{names}", [content for _, content in mounted])

    def close(self) -> None:
        """Remove everything that was unpacked."""
        with self._lock:
            if self._root is not None:
                shutil.rmtree(self._root, ignore_errors=True)
                self._root = None

    def _unpacked(self, name: str, contents: Iterable[bytes]) -> Path:
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


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, root: Path) -> None:
    target = _inside(root, root / entry.filename, entry.filename)
    if entry.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = entry.external_attr >> 16
    if stat.S_ISLNK(mode):
        pointed = archive.read(entry).decode()
        _inside(root, target.parent / pointed, entry.filename)
        target.symlink_to(pointed)
        return
    with archive.open(entry) as source, target.open("wb") as sink:
        shutil.copyfileobj(source, sink)
    # Zips made without modes are readable by all on the platform, and so here.
    target.chmod(stat.S_IMODE(mode) | stat.S_IRUSR | stat.S_IWUSR if mode else 0o644)


def _inside(root: Path, target: Path, name: str) -> Path:
    real = Path(os.path.realpath(target))
    if not real.is_relative_to(os.path.realpath(root)):
        raise ValueError(f"the zip's entry {name!r} reaches outside its folder")
    return target
