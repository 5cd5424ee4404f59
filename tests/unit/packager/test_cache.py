"""The cache saves time and never gives wrong bytes."""

import gc
import hashlib
import json
import os
import tempfile
import threading
import time
from pathlib import Path

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Bundle
from scfdeploy.model.code import DeployedCode
from scfdeploy.packager import PackageCache
from tests.support.packaging import archive_bytes, entries, folder, inode, outcome, packed, write_tree

TREE = {"index.py": "def main_handler(event, context): ...\n", "lib/data.json": "{}" * 3000}
DAY_NS = 24 * 3600 * 10**9


def _later(days: float = 0.001) -> int:
    """A clock that runs ahead: what was just written lies safely in the past."""
    return time.time_ns() + int(days * DAY_NS)


def _pack(tmp_path: Path, **fields: object) -> Bundle:
    return packed(folder(tmp_path / "code", **fields), PackageCache(tmp_path / "cache", clock=_later))


def _is_right(bundle: Bundle) -> bool:
    return hashlib.sha256(archive_bytes(bundle)).hexdigest() == bundle.sha256


def test_unchanged_files_are_not_packed_again(tmp_path: Path) -> None:
    write_tree(tmp_path / "code", TREE)
    first = _pack(tmp_path)
    assert first.path is not None
    archive = inode(first.path)
    again = _pack(tmp_path)
    assert again == first
    assert inode(first.path) == archive


def test_recently_written_files_are_compared_by_content(tmp_path: Path) -> None:
    source = folder(write_tree(tmp_path / "code", TREE))
    first = packed(source, tmp_path / "cache")
    assert first.path is not None
    archive = inode(first.path)
    assert [packed(source, tmp_path / "cache") for _ in range(3)] == [first] * 3
    assert inode(first.path) == archive


def test_change_with_same_size_and_restored_mtime_is_detected(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", TREE)
    _pack(tmp_path)
    before = (tree / "index.py").stat()
    (tree / "index.py").write_text(TREE["index.py"].replace("main", "Main"))
    os.utime(tree / "index.py", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert b"Main_handler" in entries(_pack(tmp_path))["index.py"][1]


def test_change_within_same_clock_tick_is_detected(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"index.py": ""})
    with (tree / "index.py").open("r+b", buffering=0) as file:
        for number in range(200):
            os.pwrite(file.fileno(), b"%04d" % number, 0)
            assert entries(packed(folder(tree), tmp_path / "cache"))["index.py"][1] == b"%04d" % number


def test_new_deleted_renamed_and_executable_files_are_detected(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", TREE)
    seen = [_pack(tmp_path).sha256]
    write_tree(tree, {"new.py": ""})
    seen.append(_pack(tmp_path).sha256)
    (tree / "new.py").rename(tree / "newer.py")
    seen.append(_pack(tmp_path).sha256)
    (tree / "newer.py").chmod(0o755)
    seen.append(_pack(tmp_path).sha256)
    assert len(set(seen)) == len(seen)
    (tree / "newer.py").unlink()
    assert _pack(tmp_path).sha256 == seen[0]


def test_different_settings_for_same_folder_give_different_bundles(tmp_path: Path) -> None:
    write_tree(tmp_path / "code", TREE)
    plain = _pack(tmp_path)
    assert _pack(tmp_path, exclude=("lib/",)).files == 1
    assert _pack(tmp_path, bootstrap="#!/bin/sh\n").files == 3
    assert _pack(tmp_path) == plain


def test_warnings_are_repeated_for_unchanged_files(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"scf_bootstrap": "#!/bin/sh\n"})
    for _ in range(3):
        _, found = outcome(folder(tree), PackageCache(tmp_path / "cache", clock=_later))
        assert [each.rule for each in found] == ["bootstrap-not-executable"]


@pytest.mark.parametrize("harm", ["other bytes", "cut short", "empty", "gone"])
@pytest.mark.parametrize("days", [-1, 1], ids=["clock behind", "clock ahead"])
def test_damaged_archive_is_rebuilt(tmp_path: Path, harm: str, days: float) -> None:
    source = folder(write_tree(tmp_path / "code", TREE))
    cache = PackageCache(tmp_path / "cache", clock=lambda: _later(days))
    path = Path(str(packed(source, cache).path))
    good = path.read_bytes()
    match harm:
        case "other bytes":
            path.write_bytes(bytes(len(good)))
        case "cut short":
            path.write_bytes(good[:-1])
        case "empty":
            path.write_bytes(b"")
        case _:
            path.unlink()
    assert _is_right(packed(source, cache))
    assert path.read_bytes() == good


def _with_digest(body: object) -> bytes:
    text = json.dumps(body).encode()
    return hashlib.sha256(text).hexdigest().encode() + b"\n" + text


@pytest.mark.parametrize(
    "harm",
    [
        b"",
        b"\xff\xfe\0garbage",
        _with_digest([]),
        _with_digest({"format": 2}),
        _with_digest({"format": 1, "colour": "red"}),
        _with_digest({}),
        "cut short",
        "another number",
    ],
)
def test_damaged_or_foreign_snapshot_is_ignored(tmp_path: Path, harm: bytes | str) -> None:
    write_tree(tmp_path / "code", TREE)
    first = _pack(tmp_path)
    for path in (tmp_path / "cache" / "folders").iterdir():
        match harm:
            case "cut short":
                path.write_bytes(path.read_bytes()[:-7])
            case "another number":
                path.write_bytes(path.read_bytes().replace(b'"files":2', b'"files":3'))
            case bytes():
                path.write_bytes(harm)
    assert _pack(tmp_path) == first
    assert _is_right(first)


def test_deleting_the_cache_changes_nothing(tmp_path: Path) -> None:
    write_tree(tmp_path / "code", TREE)
    first = _pack(tmp_path)
    (tmp_path / "cache").rename(tmp_path / "away")
    assert _pack(tmp_path) == first


def test_temporary_cache_replaces_unwritable_cache(tmp_path: Path) -> None:
    source = folder(write_tree(tmp_path / "code", TREE))
    (tmp_path / ".scfdeploy").write_text("a file where the folder should be")
    cache = PackageCache(tmp_path / ".scfdeploy" / "cache")
    bundle = packed(source, cache)
    assert _is_right(bundle)
    assert packed(source, cache) == bundle
    cache.note_upload(bundle, "lam-1", "cloud")
    assert cache.known_as(packed(source, cache).content_sha256, "lam-1") == {"cloud"}
    del cache
    gc.collect()
    assert not Path(str(bundle.path)).exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_cache_is_read_and_not_written(tmp_path: Path) -> None:
    write_tree(tmp_path / "code", TREE)
    first = _pack(tmp_path)
    for path in (tmp_path / "cache", *(tmp_path / "cache").rglob("*")):
        path.chmod(path.stat().st_mode & 0o555)
    assert _pack(tmp_path) == first
    write_tree(tmp_path / "code", {"new.py": ""})
    assert _is_right(_pack(tmp_path))


def test_archive_that_cannot_be_written_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = folder(write_tree(tmp_path / "code", TREE))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(ScfDeployError, match="The archive cannot be written"):
        packed(source, PackageCache(tmp_path / "code" / "index.py" / "cache"))


def test_cache_is_ignored_by_git(tmp_path: Path) -> None:
    source = folder(write_tree(tmp_path / "code", TREE))
    packed(source, tmp_path / ".scfdeploy" / "cache")
    assert (tmp_path / ".scfdeploy" / ".gitignore").read_text() == "*\n"


def test_upload_hashes_are_stored_by_contents_function_and_cloud(tmp_path: Path) -> None:
    write_tree(tmp_path / "code", TREE)
    cache = PackageCache(tmp_path / "cache", place="here")
    bundle = _pack(tmp_path)
    assert cache.known_as(bundle.content_sha256, "lam-1") == frozenset()
    cache.note_upload(bundle, "lam-1", "abc")
    cache.note_upload(bundle, "lam-1", "ABC+/=")
    cache.note_upload(bundle, "lam-1", "abc")
    again = PackageCache(tmp_path / "cache", place="here")
    assert again.known_as(bundle.content_sha256, "lam-1") == {"abc", "ABC+/="}
    assert again.known_as(bundle.content_sha256, "lam-2") == frozenset()
    assert PackageCache(tmp_path / "cache", place="there").known_as(bundle.content_sha256, "lam-1") == frozenset()
    write_tree(tmp_path / "code", {"new.py": ""})
    assert again.known_as(_pack(tmp_path).content_sha256, "lam-1") == frozenset()


def test_deployed_code_is_stored_for_one_cloud(tmp_path: Path) -> None:
    PackageCache(tmp_path, place="here").note_deployed({"lam-1": DeployedCode("now", 10, "aa")})
    assert PackageCache(tmp_path, place="there").deployed() == {}


@pytest.mark.parametrize("note", ["", "two\nlines", "x" * 1000, "tab\tbed"])
def test_upload_hash_that_is_not_one_line_is_not_stored(tmp_path: Path, note: str) -> None:
    write_tree(tmp_path / "code", TREE)
    bundle, cache = _pack(tmp_path), PackageCache(tmp_path / "cache")
    cache.note_upload(bundle, "lam-1", note)
    assert cache.known_as(bundle.content_sha256, "lam-1") == frozenset()


def test_old_archives_are_removed_and_newest_is_kept(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", TREE)
    for number in range(4):
        write_tree(tree, {"index.py": f"# {number}"})
        _pack(tmp_path)
    (tmp_path / "cache" / "left.tmp").write_bytes(b"of a killed run")
    archives = tmp_path / "cache" / "archives"
    assert len(list(archives.iterdir())) == 4
    write_tree(tree, {"index.py": "# last"})
    bundle = packed(folder(tree), PackageCache(tmp_path / "cache", clock=lambda: _later(days=2)))
    assert list(archives.iterdir()) == [Path(str(bundle.path))]
    assert not (tmp_path / "cache" / "left.tmp").exists()


def test_failed_packing_leaves_no_unfinished_files(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"bootstrap*": "#!/bin/sh\r\n"})
    bundle, _ = outcome(folder(tree), tmp_path / "cache")
    assert bundle is None
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file() and path.name != ".gitignore"] == []


def test_threads_can_share_a_cache(tmp_path: Path) -> None:
    trees = [write_tree(tmp_path / f"code{number % 3}", {**TREE, "n": str(number % 3)}) for number in range(12)]
    cache = PackageCache(tmp_path / "cache")
    found: list[Bundle] = []
    threads = [threading.Thread(target=lambda at=tree: found.append(packed(folder(at), cache))) for tree in trees]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(trees)
    assert len({bundle.sha256 for bundle in found}) == 3
    assert all(_is_right(bundle) for bundle in found)


def test_recording_deployed_code_keeps_that_of_other_functions(tmp_path: Path) -> None:
    first, second = DeployedCode("2026-01-01 00:00:00", 10, "aa"), DeployedCode("2026-01-02 00:00:00", 11, "bb")
    PackageCache(tmp_path).note_deployed({"lam-1": first, "lam-2": first})
    PackageCache(tmp_path).note_deployed({"lam-2": second})
    assert PackageCache(tmp_path).deployed() == {"lam-1": first, "lam-2": second}
    PackageCache(tmp_path).note_deployed({})
    assert PackageCache(tmp_path).deployed() == {"lam-1": first, "lam-2": second}


def test_sent_archives_are_recorded_for_one_cloud(tmp_path: Path) -> None:
    write_tree(tmp_path / "code", TREE)
    first = _pack(tmp_path)
    write_tree(tmp_path / "code", {"index.py": "# other"})
    second = _pack(tmp_path)
    for bundle in (first, second, second):
        PackageCache(tmp_path / "notes", place="here").note_sent([bundle])
    recorded = PackageCache(tmp_path / "notes", place="here").sent()
    assert recorded == {bundle.sha256: bundle.content_sha256 for bundle in (first, second)}
    assert PackageCache(tmp_path / "notes", place="there").sent() == {}


def test_invalid_cache_entries_are_not_stored(tmp_path: Path) -> None:
    good = DeployedCode("now", 10, "aa")
    cache = PackageCache(tmp_path)
    cache.note_deployed(
        {"": good, "a\tb": good, "c": DeployedCode("no\nw", 1, "aa"), "d": DeployedCode("now", 1, "x" * 200), "e": good}
    )
    assert cache.deployed() == {"e": good}
