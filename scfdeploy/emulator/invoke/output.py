"""What a process writes, read as it comes so that it never blocks, and kept up to a bound."""

from __future__ import annotations

import os
import threading
from typing import IO

# Enough for any log that is looked at; the rest of a flood is thrown away from the front.
_MAX_BYTES = 1 << 20
_CHUNK = 1 << 16


class Tail:
    """Reads a pipe to its end in a thread of its own and keeps the last part."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._kept = bytearray()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until the pipe is at its end: the process and all that it started have ended."""
        self._thread.join(timeout=5)

    def text(self) -> str:
        """What is kept."""
        return bytes(self._kept[-_MAX_BYTES:]).decode("utf-8", "replace")

    def _read(self) -> None:
        while chunk := os.read(self._pipe.fileno(), _CHUNK):
            self._kept += chunk
            if len(self._kept) > 2 * _MAX_BYTES:
                del self._kept[:-_MAX_BYTES]
