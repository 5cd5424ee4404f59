"""Journal of replacements that have started and not completed, kept across runs in `.scfdeploy/cache/replacing/`.

The journal is optional: without it, an interrupted replacement is planned as the creation of a missing resource.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import suppress

from scfdeploy.workspace.file_cache import FileCache, place_key
from scfdeploy.workspace.paths import cache_dir


class ReplaceJournal:
    """Addresses, one per line, in the file of one `scope`: an endpoint, region, app and stage. Thread-safe.

    Damaged lines are read as addresses too; whoever parses them ignores those.
    """

    def __init__(self, root: str, scope: Iterable[str]) -> None:
        self._files = FileCache(str(cache_dir(root)))
        self._name = f"replacing/{place_key(*scope)}"
        self._lock = threading.Lock()
        content = self._files.read(self._name) or b""
        self._pending = frozenset(line for line in content.decode("utf-8", "replace").splitlines() if line)

    @property
    def pending(self) -> frozenset[str]:
        """Addresses whose replacement has started and not completed."""
        return self._pending

    def begin(self, address: str) -> None:
        """Record the start of a replacement; call it before anything is deleted."""
        with self._lock:
            self._write(self._pending | {address})

    def end(self, address: str) -> None:
        """Record that the new resource is complete."""
        with self._lock:
            self._write(self._pending - {address})

    def retain(self, addresses: Iterable[str]) -> None:
        """Remove all entries but these."""
        with self._lock:
            self._write(self._pending & frozenset(addresses))

    def _write(self, pending: frozenset[str]) -> None:
        if pending == self._pending:
            return
        self._pending = pending
        if not pending:
            self._files.remove(self._name)
            return
        with suppress(OSError):
            self._files.write(self._name, "".join(f"{address}\n" for address in sorted(pending)).encode())
