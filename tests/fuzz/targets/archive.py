"""Any bytes as deployed code: plain files below one folder, or refused in words; nothing else changes."""

from __future__ import annotations

import shutil
import stat

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.facts import limit
from scfdeploy.packager.archive import content_digest
from scfdeploy.packager.unpack import unpack
from tests.fuzz.promises import require, require_told, scratch

WORDS = (
    *(
        b"PK\x03\x04",
        b"PK\x01\x02",
        b"PK\x05\x06",
        b"PK\x06\x06",
        b"PK\x06\x07",
        b"../",
        b"/etc/",
        b"\\",
        b"C:",
        b"\x00",
    ),
    *(b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x08\x00", b"\x0c\x00", b"\x63\x00", b"up", b"\x01\x00\x10\x00"),
)
_LONGEST_DIRECTORY = 64 << 20


def target(data: bytes) -> None:
    """Unpack it beside files of others, and take the digest of its contents."""
    root = scratch("archive")
    into, archive = root / "into", root / "code.zip"
    shutil.rmtree(into, ignore_errors=True)
    archive.write_bytes(data)
    try:
        number = unpack(str(archive), str(into))
    except ScfDeployError as error:
        require_told(error)
        require(error.message.isprintable(), "words that cannot be printed")
        number = -1
    files = 0
    size = 0
    for path in into.rglob("*"):
        seen = path.lstat()
        require(stat.S_ISREG(seen.st_mode) or stat.S_ISDIR(seen.st_mode), f"{path} is a link or a device")
        require(
            not seen.st_mode & (stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX | stat.S_IWOTH), f"{path} has odd rights"
        )
        files += stat.S_ISREG(seen.st_mode)
        size += seen.st_size if stat.S_ISREG(seen.st_mode) else 0
    require(number in (-1, files), f"{files} files are there, {number} are told of")
    require(size <= limit("code.unzipped_max_bytes"), f"{size} bytes were unpacked")
    require({path.name for path in root.iterdir()} <= {"src", "code.zip", "into"}, "something lies beside the folder")
    require((root / "src" / "index.py").read_text().startswith("def main_handler"), "a file of others was changed")
    try:
        require(number < 0 or content_digest(data), "unpacked, and without a digest")
    except ScfDeployError as error:
        require_told(error)
        require(number < 0, "unpacked, and then it cannot be")
