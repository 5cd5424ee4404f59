"""Makes a file beside the one whose place it is to take, so that nobody ever finds half of it there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def unfinished(target: Path, content: bytes, *, mode: int) -> Iterator[Path]:
    """A new file with all of the content, on the disk, to be moved to `target`; else it is gone in the end.

    Raises OSError, and leaves nothing behind, when it cannot be written.
    """
    made = target.with_name(f".{target.name}.{os.urandom(4).hex()}.tmp")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield made
    finally:
        with suppress(OSError):
            made.unlink()
