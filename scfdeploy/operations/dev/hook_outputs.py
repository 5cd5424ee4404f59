"""Recognises files that a `src.hook` writes, so that they do not start the hook again."""
# Plain strings for paths, as in the packager.
# ruff: noqa: PTH112, PTH116, PTH118, PTH120, PTH208

from __future__ import annotations

import os
from collections.abc import Iterable

_State = dict[str, tuple[int, int]]
"""By path: the time of the last change and the size."""


class HookOutputs:
    """The files and folders that hooks wrote.

    A file counts as one if a deployment created it or the folder it is in, or if the first deployment changed it.
    """

    def __init__(self) -> None:
        self._outputs: _State = {}
        self._before: _State | None = None
        self._is_first = True

    def begin(self, folders: Iterable[str]) -> None:
        """A deployment with hooks begins; they write to these folders."""
        self._before = _scan(folders)

    def end(self, folders: Iterable[str]) -> None:
        """The deployment has ended."""
        if self._before is None:
            return
        after = _scan(folders)
        changed = {path for path, state in after.items() if self._before.get(path) != state}
        for path in sorted(changed):  # a folder comes before its files
            is_known = path in self._outputs or os.path.dirname(path) in self._outputs
            if self._is_first or is_known or path not in self._before:
                self._outputs[path] = after[path]
        self._before, self._is_first = None, False

    def without_outputs(self, paths: Iterable[str]) -> frozenset[str]:
        """The paths without files that are as a hook left them."""
        return frozenset(path for path in paths if self._outputs.get(path, ()) != _state_of(path))


def _scan(folders: Iterable[str]) -> _State:
    found: _State = {}
    for folder in folders:
        for name in os.listdir(folder) if os.path.isdir(folder) else ():
            path = os.path.join(folder, name)
            state = _state_of(path)
            if state is not None:
                found[path] = state
    return found


def _state_of(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
