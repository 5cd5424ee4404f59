"""A node_modules of links: packed if copies of the packages work, otherwise rejected with a command to run."""

from pathlib import Path

import pytest

from tests.support.packaging import folder, names, outcome, packed, refused, write_tree


def _store(tree: Path, store: str, package: str, **needs: str) -> Path:
    """A package in a store as pnpm lays it out: beside it, links to what it needs."""
    around = tree / "node_modules" / store / f"{package.replace('/', '+')}@1" / "node_modules"
    write_tree(around / package, {"index.js": "", "package.json": "{}"})
    for name, target in needs.items():
        (around / name).symlink_to(f"../../{target}@1/node_modules/{target}")
    return around / package


def _link(tree: Path, name: str, target: Path) -> None:
    place = tree / "node_modules" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(target)


@pytest.mark.parametrize(
    ("store", "cure"),
    [(".pnpm", "node-linker=hoisted"), (".bun", "--linker hoisted"), (".store", "--install-strategy=hoisted")],
)
@pytest.mark.parametrize("name", ["a", "@scope/a"])
def test_package_whose_copy_loses_a_dependency_is_rejected(tmp_path: Path, store: str, cure: str, name: str) -> None:
    tree = write_tree(tmp_path / "code", {"index.js": ""})
    _store(tree, store, "b")
    _link(tree, name, _store(tree, store, name, b="b"))
    found = refused(folder(tree), tmp_path / "cache")
    assert found.rule == "node-modules-linked"
    assert f'"node_modules/{name}"' in found.detail
    assert '"b"' in found.detail
    assert cure in str(found.hint)


def test_package_with_other_version_than_top_level_is_rejected(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"index.js": "", "node_modules/b/index.js": "an older one"})
    _store(tree, ".pnpm", "b")
    _link(tree, "a", _store(tree, ".pnpm", "a", b="b"))
    assert refused(folder(tree), tmp_path / "cache").rule == "node-modules-linked"


def test_linked_package_without_dependencies_is_packed(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"index.js": ""})
    _link(tree, "a", _store(tree, ".pnpm", "a"))
    assert "node_modules/a/index.js" in names(packed(folder(tree), tmp_path / "cache"))


def test_package_whose_dependencies_are_also_top_level_is_packed(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"index.js": ""})
    _link(tree, "b", _store(tree, ".pnpm", "b"))
    _link(tree, "a", _store(tree, ".pnpm", "a", b="b"))
    assert {"node_modules/a/index.js", "node_modules/b/index.js"} <= {*names(packed(folder(tree), tmp_path / "cache"))}


def test_workspace_inside_folder_is_packed(tmp_path: Path) -> None:
    tree = write_tree(
        tmp_path / "code", {"index.js": "", "packages/shared/index.js": "", "node_modules/left-pad/index.js": ""}
    )
    _link(tree, "shared", tree / "packages" / "shared")
    assert "node_modules/shared/index.js" in names(packed(folder(tree), tmp_path / "cache"))


def test_linked_package_with_node_modules_beside_it_is_rejected(tmp_path: Path) -> None:
    tree = write_tree(
        tmp_path / "code",
        {"index.js": "", "packages/lib/shared/index.js": "", "packages/node_modules/left-pad/index.js": ""},
    )
    _link(tree, "shared", tree / "packages" / "lib" / "shared")
    found = refused(folder(tree), tmp_path / "cache")
    assert '"left-pad"' in found.detail
    assert "--install-links" in str(found.hint)


def test_included_node_modules_is_checked(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"index.js": ""})
    _store(tmp_path, ".pnpm", "b")
    _link(tmp_path, "a", _store(tmp_path, ".pnpm", "a", b="b"))
    found = refused(folder(tree, include=("../node_modules",)), tmp_path / "cache")
    assert found.rule == "node-modules-linked"


def test_packages_linked_from_outside_are_rejected_once_with_command(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"index.js": ""})
    for name in ("a", "b", "c"):
        write_tree(tmp_path / "elsewhere" / name, {"index.js": ""})
        _link(tree, name, tmp_path / "elsewhere" / name)
    found = refused(folder(tree), tmp_path / "cache")
    assert found.rule == "link-leaves"
    assert "npm install --install-links" in str(found.hint)


def test_linked_packages_are_rejected_again_with_remembered_decisions(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"index.js": ""})
    _link(tree, "a", _store(tree, ".pnpm", "a"))
    packed(folder(tree), tmp_path / "cache")
    write_tree(tree / "node_modules" / ".pnpm" / "a@1" / "node_modules" / "b", {"index.js": ""})
    bundle, found = outcome(folder(tree), tmp_path / "cache")
    assert bundle is None
    assert [each.rule for each in found] == ["node-modules-linked"]


@pytest.mark.parametrize(("store", "cure"), [(".pnpm", "node-linker=hoisted"), (".bun", "--linker hoisted")])
def test_link_checked_out_as_text_file_is_rejected(tmp_path: Path, store: str, cure: str) -> None:
    tree = write_tree(tmp_path / "code", {"index.js": "", "node_modules/a": f"{store}/a@1/node_modules/a"})
    _store(tree, store, "a")
    found = refused(folder(tree), tmp_path / "cache")
    assert found.rule == "node-modules-linked"
    assert '"node_modules/a" is a text file' in found.detail
    assert cure in str(found.hint)


def test_text_file_beside_packages_is_packed(tmp_path: Path) -> None:
    files = ["node_modules/NOTES", "node_modules/a/index.js", "node_modules/one.js"]
    tree = write_tree(tmp_path / "code", dict.fromkeys(files, "a/b"))
    assert names(packed(folder(tree), tmp_path / "cache")) == files
