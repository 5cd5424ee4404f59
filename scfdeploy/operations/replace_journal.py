"""Remembers which replacements have begun and not ended, whatever ends the run: in `.scfdeploy/`, an address a line.

Nothing here is needed: without it, what was left half replaced is created as anything else that is missing.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress

from scfdeploy.model import Address, Project
from scfdeploy.workspace.file_cache import FileCache
from scfdeploy.workspace.paths import cache_dir


class ReplaceJournal:
    """Those of one stage of a project in one cloud: `place` tells clouds apart. Threads may share it."""

    def __init__(self, project: Project, place: str) -> None:
        key = "\n".join((place, project.key.region, project.key.app, project.key.stage))
        self._files = FileCache(str(cache_dir(project.root)))
        self._name = f"replacing/{hashlib.sha256(key.encode()).hexdigest()[:16]}"
        self._lock = threading.Lock()
        self._begun = frozenset(_addresses(self._files.read(self._name) or b""))

    @property
    def pending(self) -> frozenset[Address]:
        """What is half replaced, or may be."""
        return self._begun

    def begin(self, address: Address) -> None:
        """Remember one; to be called before anything is deleted."""
        with self._lock:
            self._set(self._begun | {address})

    def end(self, address: Address) -> None:
        """Forget one whose new resource is complete."""
        with self._lock:
            self._set(self._begun - {address})

    def keep(self, wanted: Iterable[Address]) -> None:
        """Forget all others."""
        with self._lock:
            self._set(self._begun & frozenset(wanted))

    def _set(self, pending: frozenset[Address]) -> None:
        if pending == self._begun:
            return
        self._begun = pending
        if not pending:
            self._files.remove(self._name)
            return
        with suppress(OSError):
            self._files.write(self._name, "".join(f"{address}\n" for address in sorted(pending)).encode())


def _addresses(content: bytes) -> Iterator[Address]:
    """Those that can be read."""
    for line in content.decode("utf-8", "replace").splitlines():
        with suppress(ValueError):
            yield Address.parse(line)
