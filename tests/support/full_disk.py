"""A disk on which nothing large has room, without being root: no file of this process may grow beyond so many bytes."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def full_disk(left: int = 1000) -> Iterator[None]:
    """Let every write beyond the first `left` bytes of a file fail with EFBIG, after a part of it was written."""
    before, writes_no_bytecode = resource.getrlimit(resource.RLIMIT_FSIZE), sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # Python keeps the part of a module's bytecode, and cannot import the module again
    resource.setrlimit(resource.RLIMIT_FSIZE, (left, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        sys.dont_write_bytecode = writes_no_bytecode
