"""Packing an unchanged function loads no compressor, pattern parser or zip reader."""

import subprocess
import sys
from pathlib import Path

from tests.support.packaging import write_tree

PACK = """
import pathlib, sys
from scfdeploy.diagnostics import Span
from scfdeploy.model import Address, FolderSource
from scfdeploy.packager import PackageCache, pack
source = FolderSource(sys.argv[1], Span.at("serverless.yml"), exclude=("*.md",))
bundle, found = pack(Address.of_function("default", "f"), source, cache=PackageCache(pathlib.Path(sys.argv[2])))
print(*sorted({"deflate", "scfdeploy.packager.patterns.path", "zipfile", "tempfile", "shutil"} & sys.modules.keys()))
"""


def test_heavy_libraries_are_not_loaded(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"index.py": "", "read.md": ""})
    command = [sys.executable, "-c", PACK, str(tree), str(tmp_path / "cache")]
    root = Path(__file__).parents[3]
    loaded = [
        subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.split() for _ in range(2)
    ]
    assert {"deflate", "scfdeploy.packager.patterns.path"} <= set(loaded[0])
    assert loaded[1] == []
