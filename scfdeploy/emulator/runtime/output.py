"""Collect what a function's process writes, and format the log of one invocation."""

from __future__ import annotations

import os
import threading
from typing import IO

from scfdeploy.emulator.runtime.work import Outcome
from scfdeploy.facts import limit

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


def log_text(outcome: Outcome, request_id: str, *, memory_mb: int) -> str:
    """The lines around what the function itself wrote."""
    output = outcome.output if not outcome.output or outcome.output.endswith("\n") else f"{outcome.output}\n"
    used = f"{outcome.memory_bytes / (1 << 20):.4f}".rstrip("0").rstrip(".")
    return (
        f"START RequestId: {request_id}\nEvent RequestId: {request_id}\n{output}\nEND RequestId: {request_id}\n"
        f"Report RequestId: {request_id} Duration:{round(outcome.duration_ms)}ms Memory:{memory_mb}MB "
        f"MemUsage:{used}MB"
    )


def tail(text: str) -> str:
    """The last 4 KB, as much as an answer carries."""
    most = limit("log.answer_max_bytes")
    return text.encode()[-most:].decode("utf-8", "ignore")
