"""The same files give the same bytes: later, elsewhere, with other settings and another Python."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.packaging import archive_bytes, folder, packed, write_tree

TREE = {
    "index.py": "def main_handler(event, context):\n    return event\n" * 40,
    "scf_bootstrap*": "#!/bin/bash\nexec python3 app.py\n",
    "lib/data.bin": bytes(range(256)) * 64,
    "lib/empty": "",
    "Zwei/größe.txt": "größe",
    "数据/中文.json": '{"名": 1}',
    "a.b/c": "1",
    "a/c": "2",
}

PACK = """
import pathlib, sys
from scfdeploy.diagnostics import Span
from scfdeploy.model import Address, FolderSource
from scfdeploy.packager import PackageCache, pack
source = FolderSource(sys.argv[1], Span.at("serverless.yml"), exclude=("*.bin",))
bundle, found = pack(Address.of_function("default", "f"), source, cache=PackageCache(pathlib.Path(sys.argv[2])))
print(bundle.sha256, bundle.content_sha256, *found)
"""


def test_new_mtimes_give_same_bytes(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", TREE)
    before = archive_bytes(packed(folder(tree), tmp_path / "cache"))
    for path in tree.rglob("*"):
        os.utime(path, ns=(1, 1_234_567_890_123_456_789))
    assert archive_bytes(packed(folder(tree), tmp_path / "cache")) == before


def test_other_folder_written_in_other_order_gives_same_bytes(tmp_path: Path) -> None:
    first = packed(folder(write_tree(tmp_path / "one", TREE)), tmp_path / "cache one")
    turned = write_tree(tmp_path / "deep" / "er" / "two", dict(reversed(TREE.items())))
    second = packed(folder(turned), tmp_path / "cache two")
    assert archive_bytes(first) == archive_bytes(second)
    assert (first.sha256, first.content_sha256) == (second.sha256, second.content_sha256)


def test_only_executable_bit_of_owner_changes_bytes(tmp_path: Path) -> None:
    open_tree = write_tree(tmp_path / "open", TREE)
    closed_tree = write_tree(tmp_path / "closed", TREE)
    for path in closed_tree.rglob("*"):
        path.chmod(path.stat().st_mode & 0o700)
    first = packed(folder(open_tree), tmp_path / "cache")
    second = packed(folder(closed_tree), tmp_path / "cache")
    assert first.sha256 == second.sha256


def test_bytes_are_those_of_earlier_releases(tmp_path: Path) -> None:
    """When this fails, every user's next deployment uploads all code again: raise the recipe and say so."""
    bundle = packed(folder(write_tree(tmp_path / "code", TREE)), tmp_path / "cache")
    assert bundle.content_sha256 == ("bfc07f9f159987fef30119f3208322713ffe87782cbaebee53ade07b738f2715")
    assert bundle.sha256 == "bd083e52250c2c8198857a6b86f9c395e5271c7e7190033b195e52247c3ee9f0"


def _run(python: str, tree: Path, cache: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    deflate = next(place for place in sys.path if (Path(place) / "deflate").is_dir())
    root = str(Path(__file__).parents[3])
    return subprocess.run(
        [python, "-c", PACK, str(tree), str(cache)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join((root, deflate)), **environment},
        capture_output=True,
        text=True,
        check=False,
        umask=0o077,
    )


@pytest.mark.parametrize(
    "locale", [{"LC_ALL": "C.UTF-8"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}]
)
def test_locale_umask_and_hash_seed_do_not_change_bytes(tmp_path: Path, locale: dict[str, str]) -> None:
    tree = write_tree(tmp_path / "code", TREE)
    here = packed(folder(tree, exclude=("*.bin",)), tmp_path / "cache")
    done = _run(sys.executable, tree, tmp_path / "other", PYTHONHASHSEED="7", **locale)
    assert done.stdout.split() == [here.sha256, here.content_sha256], done.stderr


def _other_pythons() -> list[str]:
    beside = Path(sys.base_prefix).parent.glob("*/bin/python3.1[1-9]")
    on_path = (shutil.which(f"python3.{minor}") for minor in range(11, 20))
    mine = f"python3.{sys.version_info.minor}"
    found = {Path(path).name: str(path) for path in (*on_path, *beside) if path and Path(path).name != mine}
    return [found[name] for name in sorted(found)]


@pytest.mark.parametrize("python", _other_pythons() or [""], ids=lambda path: Path(path).name or "none")
def test_other_python_version_gives_same_bytes(tmp_path: Path, python: str) -> None:
    if not python:
        pytest.skip("no other Python 3.11 or later is installed beside this one")
    tree = write_tree(tmp_path / "code", TREE)
    here = packed(folder(tree, exclude=("*.bin",)), tmp_path / "cache")
    done = _run(python, tree, tmp_path / "other")
    if "No module named 'deflate" in done.stderr or done.returncode == 127:
        pytest.skip(f"{python} does not run here, or not with this environment's deflate")
    assert done.stdout.split() == [here.sha256, here.content_sha256], done.stderr
