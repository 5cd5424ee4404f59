"""The watcher of `dev` on real folders: every change after `watch` is reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.operations.dev.file_watcher import Changes, FileWatcher

_LONGEST_S = 30


class Stop(Protocol):
    """What tells a watch to stop."""

    def is_set(self) -> bool: ...


class Reports:
    """What the watcher reported."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[frozenset[str]] = SimpleQueue()
        self.watcher = FileWatcher(self._queue.put)

    def wait_for(self, path: Path) -> set[str]:
        """Wait until a path is reported; all paths that were reported until then."""
        found: set[str] = set()
        while str(path) not in found:
            found |= self._queue.get(timeout=_LONGEST_S)
        return found


@pytest.fixture
def reports() -> Iterator[Reports]:
    reports = Reports()
    yield reports
    reports.watcher.close()


def write(path: Path) -> Path:
    path.write_text("x")
    return path


def test_change_right_after_watch_is_reported(tmp_path: Path, reports: Reports) -> None:
    reports.watcher.watch(frozenset({str(tmp_path)}))

    reports.wait_for(write(tmp_path / "index.py"))


def test_changes_in_subfolders_are_not_reported(tmp_path: Path, reports: Reports) -> None:
    (tmp_path / "node_modules").mkdir()
    reports.watcher.watch(frozenset({str(tmp_path)}))
    hidden = write(tmp_path / "node_modules" / "index.js")

    assert str(hidden) not in reports.wait_for(write(tmp_path / "last.py"))


def test_other_folders_are_watched_instead(tmp_path: Path, reports: Reports) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    reports.watcher.watch(frozenset({str(tmp_path / "one")}))
    reports.watcher.watch(frozenset({str(tmp_path / "two")}))
    reports.wait_for(write(tmp_path / "two" / "index.py"))
    first = write(tmp_path / "one" / "index.py")

    assert str(first) not in reports.wait_for(write(tmp_path / "two" / "last.py"))


def test_link_to_a_folder_keeps_its_name(tmp_path: Path, reports: Reports) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    reports.watcher.watch(frozenset({str(tmp_path / "link")}))
    write(tmp_path / "real" / "index.py")

    reports.wait_for(tmp_path / "link" / "index.py")


def test_folder_that_is_gone_does_not_matter(tmp_path: Path, reports: Reports) -> None:
    reports.watcher.watch(frozenset({str(tmp_path), str(tmp_path / "gone")}))

    reports.wait_for(write(tmp_path / "index.py"))


def test_limit_of_the_system_is_an_error(tmp_path: Path) -> None:
    def refuse(*_folders: str, **_settings: object) -> Iterable[Changes]:
        raise OSError("OS file watch limit reached")

    with pytest.raises(ScfDeployError, match="cannot be watched: OS file watch limit reached"):
        FileWatcher(lambda _paths: None, source=refuse).watch(frozenset({str(tmp_path)}))


def test_end_of_the_watch_is_reported(tmp_path: Path) -> None:
    errors: SimpleQueue[Exception] = SimpleQueue()

    def break_off(*_folders: str, stop_event: Stop, **_settings: object) -> Iterable[Changes]:
        stop_event.is_set()
        raise RuntimeError("the watch broke off")

    FileWatcher(lambda _paths: None, errors.put, break_off).watch(frozenset({str(tmp_path)}))

    assert str(errors.get(timeout=_LONGEST_S)) == "the watch broke off"
