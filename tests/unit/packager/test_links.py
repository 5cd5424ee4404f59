"""Symbolic links: followed inside the folder, rejected when they lead out, are broken or form a cycle."""

from pathlib import Path

import pytest

from tests.support.packaging import entries, folder, names, outcome, packed, refused, write_tree


def test_link_inside_folder_is_packed_as_its_target(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"pkg/cli.js*": "cli", "pkg/lib/a.js": "a"})
    (tree / "bin").mkdir()
    (tree / "bin" / "cli").symlink_to("../pkg/cli.js")
    (tree / "vendor").symlink_to("pkg/lib")
    (tree / "absolute").symlink_to(tree / "vendor" / "a.js")
    assert entries(packed(folder(tree), tmp_path / "cache")) == {
        "absolute": (0o644, b"a"),
        "bin/cli": (0o755, b"cli"),
        "pkg/cli.js": (0o755, b"cli"),
        "pkg/lib/a.js": (0o644, b"a"),
        "vendor/a.js": (0o644, b"a"),
    }


def test_folder_can_be_a_link_itself(tmp_path: Path) -> None:
    write_tree(tmp_path / "real", {"a.py": ""})
    (tmp_path / "code").symlink_to("real")
    (tmp_path / "real" / "b.py").symlink_to("a.py")
    assert names(packed(folder(tmp_path / "code"), tmp_path / "cache")) == ["a.py", "b.py"]


@pytest.mark.parametrize("target", ["../outside", "../outside/secret.txt", "/etc", "../code-too/x.py"])
def test_link_out_of_folder_is_reported_with_its_target(tmp_path: Path, target: str) -> None:
    write_tree(tmp_path / "outside", {"secret.txt": ""})
    write_tree(tmp_path / "code-too", {"x.py": ""})
    tree = write_tree(tmp_path / "code", {"a.py": ""})
    (tree / "away").symlink_to(target)
    found = refused(folder(tree), tmp_path / "cache")
    assert found.rule == "link-leaves"
    assert f'"{tree / "away"}" leads to "{target}"' in found.detail


@pytest.mark.parametrize("target", ["nowhere", "broken"])
def test_broken_link_is_reported(tmp_path: Path, target: str) -> None:
    tree = write_tree(tmp_path / "code", {"a.py": ""})
    (tree / "broken").symlink_to(target)
    found = refused(folder(tree), tmp_path / "cache")
    assert found.rule == "link-broken"
    assert f'leads to "{target}"' in found.detail


def test_excluded_link_is_not_followed(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"a.py": ""})
    (tree / "away").symlink_to("/etc")
    (tree / "broken").symlink_to("nowhere")
    assert names(packed(folder(tree, exclude=("away/", "broken")), tmp_path / "cache")) == ["a.py"]


def test_link_to_file_that_is_never_packed_is_rejected(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"a.py": "", ".env": "SECRET=1"})
    (tree / "settings").symlink_to(".env")
    assert refused(folder(tree), tmp_path / "cache").rule == "link-forbidden"


@pytest.mark.parametrize("target", [".", "..", "../../code"])
def test_link_to_folder_that_contains_it_is_reported(tmp_path: Path, target: str) -> None:
    tree = write_tree(tmp_path / "code", {"lib/a.py": ""})
    (tree / "lib" / "loop").symlink_to(target)
    found = refused(folder(tree), tmp_path / "cache")
    assert found.rule == "link-cycle"
    assert f'leads to "{target}"' in found.detail


def test_link_cycle_of_two_folders_is_reported(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"a/index.js": "", "b/index.js": ""})
    (tree / "a" / "b").symlink_to("../b")
    (tree / "b" / "a").symlink_to("../a")
    _, found = outcome(folder(tree), tmp_path / "cache")
    assert {each.detail.split('"')[1] for each in found} == {f"{tree}/a/b/a", f"{tree}/b/a/b"}


def test_scan_of_folders_that_all_link_to_each_other_ends(tmp_path: Path) -> None:
    packages = [f"package{number}" for number in range(12)]
    tree = write_tree(tmp_path / "code", {f"{name}/index.js": "" for name in packages})
    for name in packages:
        for other in packages:
            (tree / name / other).symlink_to(f"../{other}")
    bundle, found = outcome(folder(tree), tmp_path / "cache")
    assert bundle is None
    assert {each.rule for each in found} == {"link-cycle"}
    assert len(found) < 50


def test_changed_link_target_is_detected(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"one.py": "1", "two.py": "2"})
    (tree / "main.py").symlink_to("one.py")
    before = packed(folder(tree), tmp_path / "cache")
    (tree / "main.py").unlink()
    (tree / "main.py").symlink_to("two.py")
    assert packed(folder(tree), tmp_path / "cache").content_sha256 != before.content_sha256


def _farm(tree: Path, levels: int, width: int) -> None:
    """Folders each of which has `width` links to the next one."""
    for level in range(levels):
        here = write_tree(tree / f"level{level}", {"file": ""})
        for number in range(width):
            (here / f"link{number}").symlink_to(f"../level{level + 1}")
    write_tree(tree / f"level{levels}", {"file": ""})


@pytest.mark.parametrize(("levels", "width"), [(40, 2), (12, 12), (3, 300)])
def test_links_that_multiply_are_rejected_before_all_are_followed(tmp_path: Path, levels: int, width: int) -> None:
    _farm(tmp_path / "code", levels, width)
    assert refused(folder(tmp_path / "code"), tmp_path / "cache").rule == "links-too-many"


def test_files_behind_more_links_than_a_path_can_have_are_packed(tmp_path: Path) -> None:
    _farm(tmp_path / "code", 60, 1)
    assert f"level0/{'link0/' * 60}file" in names(packed(folder(tmp_path / "code"), tmp_path / "cache"))


def test_links_to_links_within_limit_are_packed(tmp_path: Path) -> None:
    _farm(tmp_path / "code", 4, 2)
    assert len(names(packed(folder(tmp_path / "code"), tmp_path / "cache"))) == 31 + 15 + 7 + 3 + 1
