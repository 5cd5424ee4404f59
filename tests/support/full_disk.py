"""A disk on which nothing large has room, without being root: no file of this process may grow beyond so many bytes."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def full_disk(left: int = 1000) -> Iterator[None]:
    """Let every write beyond the first `left` bytes of a file fail with EFBIG, after a part of it was written."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (left, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
