"""Small trees of files to pack, and what came of it."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

from scfdeploy.diagnostics import Diagnostic, Span
from scfdeploy.model import Address, Bundle, FolderSource, Source
from scfdeploy.packager import PackageCache, pack

SPAN = Span.at("serverless.yml", 7, 8)
FUNCTION = Address.of_function("default", "hello")


def write_tree(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files by relative path; one whose path ends in `*` is made executable."""
    root.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name.rstrip("*")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(0o755 if name.endswith("*") else 0o644)
    return root


def folder(root: Path, **fields: object) -> FolderSource:
    return FolderSource(str(root), SPAN, **fields)  # type: ignore[arg-type]


def outcome(source: Source, cache: PackageCache | Path) -> tuple[Bundle | None, list[Diagnostic]]:
    kept = cache if isinstance(cache, PackageCache) else PackageCache(cache)
    bundle, found = pack(FUNCTION, source, cache=kept)
    return bundle, list(found)


def packed(source: Source, cache: PackageCache | Path) -> Bundle:
    """The bundle; nothing may be found wrong."""
    bundle, found = outcome(source, cache)
    assert not found
    assert bundle is not None
    return bundle


def refused(source: Source, cache: PackageCache | Path) -> Diagnostic:
    """The one error that forbids packing."""
    bundle, found = outcome(source, cache)
    assert bundle is None
    assert len(found) == 1, found
    assert (found[0].severity, found[0].subject, found[0].address) == ("error", SPAN, "function/default/hello")
    return found[0]


def archive_bytes(bundle: Bundle) -> bytes:
    assert bundle.path is not None
    return Path(bundle.path).read_bytes()


def entries(bundle: Bundle) -> dict[str, tuple[int, bytes]]:
    """Mode and content of every entry, by name, in the order of the archive."""
    assert bundle.path is not None
    with zipfile.ZipFile(bundle.path) as archive:
        return {
            entry.filename: (stat.S_IMODE(entry.external_attr >> 16), archive.read(entry))
            for entry in archive.infolist()
        }


def names(bundle: Bundle) -> list[str]:
    return list(entries(bundle))


def inode(path: str | Path) -> int:
    return os.stat(path).st_ino  # noqa: PTH116
