"""Changes that leave stat data the same, because they came within one tick of the file system's clock."""

from dataclasses import replace
from pathlib import Path

import pytest

from scfdeploy.packager import PackageCache
from scfdeploy.packager.cache import folder_key
from scfdeploy.packager.fingerprint import File, changed_recently, stat_fingerprint
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
        (SEEN - 500_000_000, True),  # a whole second: this file system can store seconds only
        (SEEN - 1_500_000_000, True),
        (SEEN - 2_500_000_000, False),
    ],
)
def test_file_changed_recently_while_later_change_can_be_invisible(ctime_ns: int, *, fresh: bool) -> None:
    assert changed_recently(ctime_ns, seen_at_ns=SEEN) is fresh


@pytest.mark.parametrize("behind_ns", [0, 3600 * SECOND], ids=["right", "behind"])
def test_change_without_new_stat_data_is_detected(tmp_path: Path, behind_ns: int) -> None:
    tree = write_tree(tmp_path / "code", {"index.py": "one"})
    # The clock stands still, so the scan happens at the time of the write, however slow the machine is.
    written_ns = (tree / "index.py").stat().st_ctime_ns
    cache = PackageCache(tmp_path / "cache", clock=lambda: written_ns - behind_ns)
    packed(folder(tree), cache)
    (tree / "index.py").write_text("two")
    file = File.from_stat("index.py", "", (tree / "index.py").stat())
    key = folder_key(folder(tree))
    snapshot = cache.recall(key)
    assert snapshot is not None
    # As if the second change had not changed the stat data.
    cache.remember(key, replace(snapshot, stat=stat_fingerprint([file])))
    assert entries(packed(folder(tree), cache))["index.py"][1] == b"two"


def test_archive_changed_without_new_stat_data_is_rebuilt(tmp_path: Path) -> None:
    source = folder(write_tree(tmp_path / "code", {"index.py": "one"}))
    written_ns = (tmp_path / "code" / "index.py").stat().st_ctime_ns
    cache = PackageCache(tmp_path / "cache", clock=lambda: written_ns)
    bundle = packed(source, cache)
    good = Path(str(bundle.path)).read_bytes()
    Path(str(bundle.path)).write_bytes(bytes(len(good)))
    key = folder_key(source)
    snapshot, archive = cache.recall(key), cache.stat_archive(bundle.sha256)
    assert snapshot is not None
    assert archive is not None
    cache.remember(key, replace(snapshot, archive=stat_fingerprint([archive])))
    assert Path(str(packed(source, cache).path)).read_bytes() == good
