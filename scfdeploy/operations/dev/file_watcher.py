"""Watches folders in a thread of its own, and says which files in them have changed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from scfdeploy.diagnostics import ScfDeployError, message

Changes: TypeAlias = AbstractSet[tuple[int, str]]
"""A kind of change and a path each."""

_MODIFIED = 2
_QUIET_MS = 25
"""Changes belong together until nothing changes for this long."""
_LONGEST_MS = 250
"""Changes are reported after this time, even if others follow without a pause."""


class _Stop:
    """Tells the watcher to stop. It asks for the first time when it watches, and never before."""

    def __init__(self) -> None:
        self.watches = threading.Event()
        self.error: Exception | None = None
        self.is_outdated = False
        self._is_set = False

    def set(self) -> None:
        self._is_set = True

    def is_set(self) -> bool:
        self.watches.set()
        return self._is_set


class FileWatcher:
    """Watches the folders that the last `watch` named.

    In another thread, `on_change` gets the paths of changes, and `on_error` the reason why nothing is watched any more.
    `source` yields changes like `watchfiles.watch`, which is the default.
    """

    def __init__(
        self,
        on_change: Callable[[frozenset[str]], None],
        on_error: Callable[[Exception], None] = lambda _error: None,
        source: Callable[..., Iterable[Changes]] | None = None,
    ) -> None:
        self._on_change = on_change
        self._on_error = on_error
        self._source = source
        self._folders: frozenset[str] = frozenset()
        self._stop: _Stop | None = None

    def watch(self, folders: frozenset[str]) -> None:
        """Watch these folders instead, without their sub-folders. Returns once every change will be noticed.

        Raises ScfDeployError if the system cannot watch them.
        """
        if folders == self._folders and self._stop is not None and not self._stop.is_outdated:
            return
        stop = _Stop()
        thread = threading.Thread(target=self._run, args=(folders, stop), name="file-watcher", daemon=True)
        thread.start()
        stop.watches.wait()
        if stop.error is not None:
            raise ScfDeployError(
                message("the folders of the project cannot be watched: {reason}", reason=stop.error),
                hint=message(
                    "On Linux, raise fs.inotify.max_user_watches, or exclude folders with src.exclude. With"
                    " WATCHFILES_FORCE_POLLING=true, folders are compared instead of watched."
                ),
            ) from stop.error
        self.close()
        self._folders, self._stop = folders, stop

    def close(self) -> None:
        """Watch nothing any more."""
        if self._stop is not None:
            self._stop.set()
        self._folders, self._stop = frozenset(), None

    def _run(self, folders: frozenset[str], stop: _Stop) -> None:
        real_paths = _real_paths(folders)
        try:
            for changes in (self._source or _watchfiles())(
                *sorted(folders),
                watch_filter=None,
                debounce=_LONGEST_MS,
                step=_QUIET_MS,
                stop_event=stop,
                rust_timeout=0,
                raise_interrupt=False,
                recursive=False,
                ignore_permission_denied=True,  # and folders that are gone since they were listed
            ):
                named = ((kind, _as_named(path, real_paths)) for kind, path in changes)
                # A folder is modified when its files change, which are reported themselves.
                paths = frozenset(path for kind, path in named if kind != _MODIFIED or path not in folders)
                if paths & folders:
                    stop.is_outdated = True  # a folder of the same name is another one
                if paths:
                    self._on_change(paths)
        except (OSError, RuntimeError) as error:
            if stop.watches.is_set():
                stop.is_outdated = True
                self._on_error(error)
            else:
                stop.error = error
        finally:
            stop.watches.set()


def _watchfiles() -> Callable[..., Iterable[Changes]]:
    import watchfiles

    return watchfiles.watch


def _real_paths(folders: Iterable[str]) -> dict[str, str]:
    """The folders by their paths without links, which some systems report."""
    return {os.path.realpath(folder): folder for folder in folders}


def _as_named(path: str, real_paths: dict[str, str]) -> str:
    folder, name = os.path.split(path)
    return os.path.join(real_paths.get(folder, folder), name)  # noqa: PTH118
