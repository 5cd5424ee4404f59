"""The cache of installed dependencies: what is trusted, concurrent runs, and what is removed."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address, BuildSettings, FolderSource
from scfdeploy.packager.build.builder import Builder, count_packages
from scfdeploy.packager.build.built_folders import BuiltFolders, IndexEntry
from tests.support.packaging import SPAN, write_tree

KEY = "ab" * 32
DAY_NS = 24 * 3600 * 10**9
FUNCTION = Address.of_function("default", "hello")


def install(folders: BuiltFolders, key: str = KEY, *, version: str = "") -> Path:
    with folders.staging(key) as staging:
        write_tree(staging, {"a.py": "A = 1\n", "package/b.py": "B = 1\n"})
        return Path(folders.put(key, staging, version=version))


def test_installed_folder_is_found_again(tmp_path: Path) -> None:
    path = install(BuiltFolders(str(tmp_path)))
    assert BuiltFolders(str(tmp_path)).find(KEY) == str(path)
    assert (path / "package" / "b.py").read_text() == "B = 1\n"
    assert BuiltFolders(str(tmp_path)).find("cd" * 32) is None


def test_folder_of_another_version_of_the_installer_is_not_used(tmp_path: Path) -> None:
    install(BuiltFolders(str(tmp_path)), version="10.1")
    assert BuiltFolders(str(tmp_path)).find(KEY, version="10.1")
    assert BuiltFolders(str(tmp_path)).find(KEY, version="11.0") is None


@pytest.mark.parametrize("change", ["edit", "add", "remove", "mode", "link"])
def test_changed_folder_is_not_used(tmp_path: Path, change: str) -> None:
    path = install(BuiltFolders(str(tmp_path)))
    match change:
        case "edit":
            (path / "a.py").write_text("A = 2\n")
        case "add":
            (path / "c.py").write_text("")
        case "remove":
            (path / "a.py").unlink()
        case "mode":
            (path / "a.py").chmod(0o755)
        case "link":
            (path / "a.py").unlink()
            (path / "a.py").symlink_to("package/b.py")
    assert BuiltFolders(str(tmp_path)).find(KEY) is None
    assert BuiltFolders(str(tmp_path)).find_unsealed(path.name) == str(path)


def test_copied_folder_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    install(BuiltFolders(str(tmp_path / "one")))
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    assert BuiltFolders(str(tmp_path / "two")).find(KEY) is None


def test_folder_takes_the_place_of_one_that_is_not_trusted(tmp_path: Path) -> None:
    folders = BuiltFolders(str(tmp_path))
    write_tree(Path(folders.path(KEY)), {"evil.py": ""})
    path = install(folders)
    assert sorted(item.name for item in path.iterdir()) == ["a.py", "package"]
    assert [item.name for item in path.parent.iterdir()] == [path.name]


def test_failed_installation_leaves_nothing(tmp_path: Path) -> None:
    folders = BuiltFolders(str(tmp_path))

    def install_half() -> None:
        with folders.staging(KEY) as staging:
            write_tree(staging, {"half.py": ""})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        install_half()
    assert list((tmp_path / ".scfdeploy" / "build").iterdir()) == []
    assert folders.find(KEY) is None


def test_unused_folders_and_those_of_killed_runs_are_removed(tmp_path: Path) -> None:
    folders = BuiltFolders(str(tmp_path))
    old, recent = install(folders, "01" * 32), install(folders, "02" * 32)
    killed = recent.with_name("03-0000.tmp")
    killed.mkdir()
    for path, days in ((old, 31), (recent, 29), (killed, 2)):
        moment_ns = path.stat().st_mtime_ns - days * DAY_NS
        os.utime(path, ns=(moment_ns, moment_ns))
    latest = install(folders)
    assert {item.name for item in latest.parent.iterdir()} == {recent.name, latest.name}


def test_found_folder_counts_as_used(tmp_path: Path) -> None:
    folders = BuiltFolders(str(tmp_path))
    path = install(folders)
    os.utime(path, (0, 0))
    assert folders.find(KEY) == str(path)
    assert path.stat().st_mtime > 0


def test_link_in_place_of_the_cache_is_refused(tmp_path: Path) -> None:
    (tmp_path / "project" / ".scfdeploy").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "project" / ".scfdeploy" / "build").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ScfDeployError, match="symbolic link"):
        BuiltFolders(str(tmp_path / "project"))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_index_is_read_as_it_was_written(tmp_path: Path) -> None:
    folders = BuiltFolders(str(tmp_path))
    name = folders.index_name(str(tmp_path / "src"), ["Nodejs18.15"])
    folders.add_to_index({name: IndexEntry("ab" * 16, ("node_modules",))})
    folders.add_to_index({"lib:Python3.10": None})
    read = BuiltFolders(str(tmp_path)).read_index()
    assert read == {"src:Nodejs18.15": IndexEntry("ab" * 16, ("node_modules",)), "lib:Python3.10": None}


@pytest.mark.parametrize("text", ["", "[]", '{"src": 3}', '{"src": {"folder": "x"}}', "[" * 100_000])
def test_damaged_index_is_empty(tmp_path: Path, text: str) -> None:
    write_tree(tmp_path, {".scfdeploy/build/index.json": text})
    assert BuiltFolders(str(tmp_path)).read_index() == {}


@pytest.mark.parametrize("name", ["", ".", "..", "../../src", "/etc", "AB" * 16])
def test_index_names_no_folder_outside_the_cache(tmp_path: Path, name: str) -> None:
    write_tree(tmp_path, {"src/a.py": "", ".scfdeploy/build/x": ""})
    assert BuiltFolders(str(tmp_path)).find_unsealed(name) is None


class Installer:
    """Commands of a build that wait until they may end."""

    def __init__(self) -> None:
        self.calls = 0
        self.begun = threading.Event()
        self.may_end = threading.Event()

    def __call__(
        self,
        words: Sequence[str],
        folder: str,
        *,
        quiet: bool = False,
        shown: Sequence[str] = (),
        variables: Mapping[str, str] | None = None,
    ) -> list[str]:
        self.calls += 1
        self.begun.set()
        assert self.may_end.wait(60)
        write_tree(Path(words[words.index("--target") + 1]), {"six.py": "SIX = 6\n"})
        return []


def test_concurrent_runs_install_the_same_dependencies_once(tmp_path: Path) -> None:
    write_tree(tmp_path / "src", {"requirements.txt": "six==1.17.0\n"})
    source = FolderSource(str(tmp_path / "src"), SPAN, build=BuildSettings(True))
    installer, waits = Installer(), threading.Event()
    results: list[str] = []

    def build(on_output: object) -> None:
        folders = BuiltFolders(str(tmp_path))
        builder = Builder(folders, installer, on_output=on_output)  # type: ignore[arg-type]
        built, diagnostics = builder.build(FUNCTION, source, ["Python3.10"])
        assert built is not None, list(diagnostics)
        results.append(built.folder)

    def note_wait(line: str) -> None:
        if line.startswith("Waiting for another run"):
            waits.set()

    threads = [
        threading.Thread(target=build, args=(lambda _: None,)),
        threading.Thread(target=build, args=(note_wait,)),
    ]
    threads[0].start()
    assert installer.begun.wait(60)
    threads[1].start()
    assert waits.wait(60)
    installer.may_end.set()
    for thread in threads:
        thread.join(60)
    assert len(results) == 2
    assert len(set(results)) == 1
    assert installer.calls == 1


def test_requirements_that_change_during_the_installation_are_not_stored(tmp_path: Path) -> None:
    write_tree(tmp_path / "src", {"requirements.txt": "six==1.17.0\n"})
    source = FolderSource(str(tmp_path / "src"), SPAN)

    def change(*_: object, **__: object) -> list[str]:
        (tmp_path / "src" / "requirements.txt").write_text("six==1.16.0\n")
        return []

    builder = Builder(BuiltFolders(str(tmp_path)), change, on_output=lambda _: None)
    built, diagnostics = builder.build(FUNCTION, source, ["Python3.10"])
    assert built is None
    assert [finding.rule for finding in diagnostics] == ["dependency-file-invalid"]
    assert not [item for item in (tmp_path / ".scfdeploy" / "build").iterdir() if item.is_dir()]


def test_packages_are_counted(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "six-1.0.dist-info/METADATA": "",
            "six.py": "",
            "node_modules/a/package.json": "{}",
            "node_modules/a/lib/package.json": "{}",
            "node_modules/@scope/b/package.json": "{}",
            "node_modules/a/node_modules/c/package.json": "{}",
        },
    )
    assert count_packages(str(tmp_path)) == 4
