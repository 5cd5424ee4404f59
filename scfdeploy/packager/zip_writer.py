"""Writes a zip archive of which every byte follows from the entries: no dates, owners or machine in it.

Each entry is dated 1980-01-01, the earliest a zip can say, and made "by Unix" with mode 0755 or 0644. Entries are small
enough for the plain format (the platform takes 500 MB in all); only their number may need the zip64 one.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_END_64 = struct.Struct("<4sQ2H2I4Q")
_END_64_LOCATOR = struct.Struct("<4sIQI")

_VERSION = 20
_VERSION_64 = 45
_UNIX = 3 << 8
_FLAG_UTF8 = 1 << 11
_STORED = 0
_DEFLATED = 8
_TIME, _DATE = 0, (1 << 5) | 1  # 00:00:00, 1980-01-01
_PLAIN_FILE = 0o100000
_MOST_16 = 0xFFFF
_MOST_32 = 0xFFFFFFFF


class ZipWriter:
    """Passes the archive's bytes to `write`, in order. The caller adds entries in the order to keep."""

    __slots__ = ("_central", "_count", "_offset", "_write")

    def __init__(self, write: Callable[[bytes | bytearray], object]) -> None:
        self._write = write
        self._central: list[bytes] = []
        self._count = 0
        self._offset = 0

    def add(self, name: bytes, data: bytes, *, crc: int, squeezed: bytes | bytearray | None, executable: bool) -> None:
        """Add the file `name` with content `data`; `squeezed` is its raw deflate form, None to store it as it is."""
        flags = 0 if name.isascii() else _FLAG_UTF8
        method, body = (_STORED, data) if squeezed is None else (_DEFLATED, squeezed)
        # The same nine numbers stand in both headers.
        shared = (_VERSION, flags, method, _TIME, _DATE, crc, len(body), len(data), len(name))
        mode = _PLAIN_FILE | (0o755 if executable else 0o644)
        self._central.append(
            _CENTRAL.pack(b"PK\1\2", _UNIX | _VERSION, *shared, 0, 0, 0, 0, mode << 16, self._offset) + name
        )
        header = _LOCAL.pack(b"PK\3\4", *shared, 0) + name
        self._write(header)
        self._write(body)
        self._count += 1
        self._offset += len(header) + len(body)

    def finish(self) -> None:
        """Write the directory of entries, after which nothing can be added."""
        central = b"".join(self._central)
        self._write(central)
        if self._count > _MOST_16:
            self._write(
                _END_64.pack(
                    b"PK\6\6", _END_64.size - 12, _UNIX | _VERSION_64, _VERSION_64, 0, 0,
                    self._count, self._count, len(central), self._offset,
                )
            )  # fmt: skip
            self._write(_END_64_LOCATOR.pack(b"PK\6\7", 0, self._offset + len(central), 1))
        count = min(self._count, _MOST_16)
        self._write(_END.pack(b"PK\5\6", 0, 0, count, count, len(central), self._offset, 0))
