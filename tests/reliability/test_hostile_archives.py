"""Archives that somebody made to hurt, or that are broken: unpacked below one folder, or refused in words."""

from __future__ import annotations

import io
import os
import random
import stat
import tempfile
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.facts import limit
from scfdeploy.packager.unpack import unpack
from tests.support.measured import measure
from tests.support.sampling import sample_size

_MANY = settings(max_examples=sample_size(150), deadline=None, suppress_health_check=list(HealthCheck))
_PARTS = [
    "a",
    "b.py",
    "..",
    ".",
    "",
    "/",
    "\\",
    "C:",
    "~",
    "link",
    "\0",
    "\n",
    "\x1b[2J",
    "\u202e",
    "深",
    "CON",
    "x" * 300,
]
_NAMES = st.one_of(
    st.sampled_from(["a", "b.py", "a/b.py", "lib/x", "lib/"]),
    st.lists(st.sampled_from(_PARTS), min_size=1, max_size=6).map("/".join),
    st.text(max_size=30),
)
_KINDS = st.sampled_from([0, stat.S_IFREG, stat.S_IFREG, stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFCHR])
_TARGETS = [b"/etc", b"..", b"../outside", b"a", b"", b"print(1)\n" * 50]
_ENTRIES = st.lists(
    st.tuples(_NAMES, _KINDS, st.integers(0, 0o7777), st.one_of(st.sampled_from(_TARGETS), st.binary(max_size=200))),
    max_size=6,
)


class Place:
    """A folder to unpack into, beside files of others."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.into = root / "into"
        (root / "outside").mkdir()
        (root / "outside" / "kept").write_text("kept")
        (root / "a").write_text("kept")
        self._before = self._everything()

    def unpack(self, content: bytes) -> bool:
        """Whether it was unpacked; else it was refused in words. Nothing but the folder changed."""
        archive = self.root / "code.zip"
        archive.write_bytes(content)
        try:
            number = unpack(str(archive), str(self.into))
        except ScfDeployError as error:
            number, told = -1, error.message
        else:
            told = ""
        archive.unlink()
        assert told.isprintable(), told
        assert number in (-1, len(self.files()))
        assert self._everything() == self._before
        for file in self.into.rglob("*"):
            kind = file.lstat().st_mode
            assert stat.S_ISREG(kind) or stat.S_ISDIR(kind), "no links, no devices"
            assert not kind & (stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX | stat.S_IWOTH)
        assert sum(len(content) for content in self.files().values()) <= limit("code.unzipped_max_bytes")
        return number >= 0

    def files(self) -> dict[str, bytes]:
        """What was unpacked."""
        return {str(file.relative_to(self.into)): file.read_bytes() for file in self.into.rglob("*") if file.is_file()}

    def _everything(self) -> dict[str, tuple[int, int, bytes]]:
        """All that is not in the folder."""
        found = {}
        for at, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if Path(at, name) != self.into]
            for path in (Path(at, name) for name in (*folders, *files)):
                seen = path.lstat()
                content = path.read_bytes() if path.is_file() else b""
                found[str(path)] = (seen.st_mode, seen.st_mtime_ns if path.is_file() else 0, content)
        return found


def _archive(entries: list[tuple[str, int, int, bytes]]) -> bytes:
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        warnings.simplefilter("ignore")  # names that come twice are meant
        for name, kind, mode, content in entries:
            entry = zipfile.ZipInfo("x")
            entry.filename = name
            entry.create_system = 3
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (kind | mode) << 16
            made.writestr(entry, content)
    return target.getvalue()


def _tried(content: bytes) -> bool:
    measure("hostile archives", tried=1)
    with tempfile.TemporaryDirectory() as root:
        return Place(Path(root)).unpack(content)


@_MANY
@given(_ENTRIES)
@example([("link", stat.S_IFLNK, 0o777, b"../outside"), ("link/kept", stat.S_IFREG, 0o644, b"evil")])
@example([("../outside/kept", stat.S_IFREG, 0o644, b"evil")])
@example([("a", stat.S_IFREG, 0o644, b"1"), ("a/", stat.S_IFDIR, 0o755, b""), ("a/b", stat.S_IFREG, 0o644, b"2")])
@example([("a/b", stat.S_IFREG, 0o644, b"2"), ("a", stat.S_IFREG, 0o644, b"1")])
@example([("A.py", stat.S_IFREG, 0o6777, b"1"), ("a.py", stat.S_IFREG, 0o644, b"2")])
@example([("\ud800", stat.S_IFREG, 0o644, b"1")])
@example([("~/.ssh/authorized_keys", stat.S_IFREG, 0o644, b"evil")])
def test_unpack_changes_nothing_outside_its_folder(
    entries: list[tuple[str, int, int, bytes]],
) -> None:
    try:
        content = _archive(entries)
    except UnicodeEncodeError:
        return  # no archive can hold such a name
    _tried(content)


_GOOD = _archive(
    [
        ("index.py", stat.S_IFREG, 0o644, b"print(1)\n" * 40),
        ("lib/", stat.S_IFDIR, 0o755, b""),
        ("lib/深.py", stat.S_IFREG, 0o755, random.Random(6).randbytes(300)),
        ("lib/empty", stat.S_IFREG, 0o644, b""),
    ]
)


def test_undamaged_archive_is_unpacked() -> None:
    assert _tried(_GOOD)


@_MANY
@given(st.data())
def test_damaged_archive_is_unpacked_inside_folder_or_rejected(data: st.DataObject) -> None:
    content = bytearray(_GOOD)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    _tried(bytes(content))


@_MANY
@given(st.integers(0, len(_GOOD)), st.integers(0, 40).map(lambda number: 1 << number), st.sampled_from([2, 4]))
def test_wrong_numbers_in_archive_directory_are_handled(at: int, number: int, size: int) -> None:
    lie = (number & ((1 << 8 * size) - 1)).to_bytes(size, "little")
    for lie_at in (at, _GOOD.rfind(b"PK\5\6") + at % 22, _GOOD.find(b"PK\1\2") + at % 46):
        _tried(_GOOD[:lie_at] + lie + _GOOD[lie_at + size :])


@_MANY
@given(st.binary(max_size=200))
@example(b"PK\5\6" + bytes(18))
@example(b"PK\5\6" + b"\xff" * 18)
@example(_GOOD + _GOOD)
@example(b"#!/bin/sh\n" + _GOOD)
def test_random_bytes_are_unpacked_inside_folder_or_rejected(content: bytes) -> None:
    _tried(content)


@pytest.mark.parametrize("says", [1, 10 << 20])
def test_zip_bomb_with_false_size_is_rejected_without_using_disk(says: int) -> None:
    content = _archive([("zeros", stat.S_IFREG, 0o644, bytes(64 << 20))])
    at = content.rfind(b"PK\1\2") + 24
    lying = content[:at] + says.to_bytes(4, "little") + content[at + 4 :]
    measure("hostile archives", tried=1)
    with tempfile.TemporaryDirectory() as root:
        place = Place(Path(root))
        assert not place.unpack(lying)
        assert sum(map(len, place.files().values())) <= says
