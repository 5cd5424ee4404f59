"""Changes that `stat` cannot show, because the file system's clock had not ticked since the last look."""

from dataclasses import replace
from pathlib import Path

import pytest

from scfdeploy.packager import PackageCache
from scfdeploy.packager.cache_check import archive_file, changed_recently, folder_key, stat_fingerprint
from scfdeploy.packager.scan import File
from tests.support.packaging import entries, folder, packed, write_tree

SECOND = 1_000_000_000
SEEN = 1_700_000_000 * SECOND + 500_000_000


@pytest.mark.parametrize(
    ("ctime_ns", "fresh"),
    [
        (SEEN, True),
        (SEEN - 10_000_000, True),
        (SEEN + 3600 * SECOND, True),
        (SEEN - 30_000_000, False),
        (SEEN - 500_000_000, True),  # a whole second: this file system may know no smaller unit
        (SEEN - 1_500_000_000, True),
        (SEEN - 2_500_000_000, False),
    ],
)
def test_a_file_is_fresh_while_a_later_change_may_not_show(ctime_ns: int, *, fresh: bool) -> None:
    assert changed_recently(ctime_ns, seen_at_ns=SEEN) is fresh


@pytest.mark.parametrize("behind_ns", [0, 3600 * SECOND], ids=["right", "behind"])
def test_a_change_that_left_no_trace_is_noticed(tmp_path: Path, behind_ns: int) -> None:
    tree = write_tree(tmp_path / "code", {"index.py": "one"})
    # However long this machine takes, the folder is looked at when its file was written.
    written_ns = (tree / "index.py").stat().st_ctime_ns
    cache = PackageCache(tmp_path / "cache", clock=lambda: written_ns - behind_ns)
    packed(folder(tree), cache)
    (tree / "index.py").write_text("two")
    facts = (tree / "index.py").stat()
    file = File("index.py", "", facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino, facts.st_mode)
    key = folder_key(folder(tree))
    snapshot = cache.recall(key)
    assert snapshot is not None
    cache.remember(
        key, replace(snapshot, stat=stat_fingerprint([file]))
    )  # as if the second change had not been stamped
    assert entries(packed(folder(tree), cache))["index.py"][1] == b"two"


def test_an_archive_whose_change_left_no_trace_is_made_again(tmp_path: Path) -> None:
    source = folder(write_tree(tmp_path / "code", {"index.py": "one"}))
    written_ns = (tmp_path / "code" / "index.py").stat().st_ctime_ns
    cache = PackageCache(tmp_path / "cache", clock=lambda: written_ns)
    bundle = packed(source, cache)
    good = Path(str(bundle.path)).read_bytes()
    Path(str(bundle.path)).write_bytes(bytes(len(good)))
    key = folder_key(source)
    snapshot, archive = cache.recall(key), archive_file(cache, bundle.sha256)
    assert snapshot is not None
    assert archive is not None
    cache.remember(key, replace(snapshot, archive=stat_fingerprint([archive])))
    assert Path(str(packed(source, cache).path)).read_bytes() == good
