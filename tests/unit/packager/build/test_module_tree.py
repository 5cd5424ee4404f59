"""Layout of installed packages in one folder without links."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scfdeploy.packager.build.module_tree import (
    MissingError,
    TooDeepError,
    has_links,
    lay_out,
    remove_leftovers,
)


def package(folder: Path, name: str, **dependencies: str) -> Path:
    folder.mkdir(parents=True)
    names = {key.replace("__", "/").replace("at_", "@"): value for key, value in dependencies.items()}
    (folder / "package.json").write_text(json.dumps({"name": name, "dependencies": names}))
    (folder / "index.js").write_text(name)
    return folder


def layout(folder: Path) -> dict[str, str]:
    """The name in each package of a laid-out folder, by path."""
    return {
        path.parent.relative_to(folder).as_posix(): json.loads(path.read_text())["name"]
        for path in sorted(folder.rglob("package.json"))
    }


def test_links_become_copies_and_conflicts_are_nested(tmp_path: Path) -> None:
    work, target = tmp_path / "work", tmp_path / "out"
    api = package(work / "packages" / "api", "api", at_ws__shared="*", ms="2")
    shared = package(work / "packages" / "shared", "shared", ms="1", odd="1")
    package(work / "node_modules" / "ms", "ms@1")
    package(work / "node_modules" / "odd", "odd")
    package(api / "node_modules" / "ms", "ms@2")
    (work / "node_modules" / "@ws").mkdir()
    (work / "node_modules" / "@ws" / "shared").symlink_to(shared)

    lay_out(str(api), str(work), str(target))

    assert layout(target) == {
        "@ws/shared": "shared",
        "@ws/shared/node_modules/ms": "ms@1",
        "ms": "ms@2",
        "odd": "odd",
    }
    assert not any(path.is_symlink() for path in target.rglob("*"))


def test_circle_of_packages_ends(tmp_path: Path) -> None:
    work, target = tmp_path / "work", tmp_path / "out"
    api = package(work / "api", "api", a="1")
    package(work / "node_modules" / "a", "a", b="1", api="1")
    package(work / "node_modules" / "b", "b", a="1")
    (work / "node_modules" / "api").symlink_to(api)

    lay_out(str(api), str(work), str(target))

    assert layout(target) == {"a": "a", "b": "b"}


def test_versions_that_no_folder_can_hold_are_an_error(tmp_path: Path) -> None:
    work = tmp_path / "work"
    api = package(work / "api", "api", x="1", y="1")
    store = work / "store"
    for name, needed in (("x1", "y2"), ("y2", "x2"), ("x2", "y1"), ("y1", "x1")):
        package(store / name / "node_modules" / name[0], name, **{needed[0]: "1"})
    for name, needed in (("x1", "y2"), ("y2", "x2"), ("x2", "y1"), ("y1", "x1")):
        (store / name / "node_modules" / needed[0]).symlink_to(store / needed / "node_modules" / needed[0])
    (work / "node_modules").mkdir()
    for name in ("x1", "y1"):
        (work / "node_modules" / name[0]).symlink_to(store / name / "node_modules" / name[0])

    with pytest.raises(TooDeepError):
        lay_out(str(api), str(work), str(tmp_path / "out"))


@pytest.mark.parametrize("name", ["../../escaped", "..", "a/../../b", "@x/..", "a/b", "", "/tmp/x", "@s/a/b"])
def test_name_that_leads_out_of_the_folder_is_left_out(name: str, tmp_path: Path) -> None:
    work = tmp_path / "work"
    api = package(work / "api", "api", a="1")
    a = package(work / "node_modules" / "a", "a")
    (a / "package.json").write_text(json.dumps({"name": "a", "dependencies": {name: "1"}}))
    package(work / "escaped", "escaped")
    package(work / "b", "b")

    lay_out(str(api), str(work), str(tmp_path / "out" / "node_modules"))

    assert layout(tmp_path / "out") == {"node_modules/a": "a"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "work"]


def test_link_out_of_the_work_folder_is_not_followed(tmp_path: Path) -> None:
    work, target = tmp_path / "work", tmp_path / "out"
    api = package(work / "api", "api", secret="1", a="1")
    a = package(work / "node_modules" / "a", "a")
    (a / "key.pem").symlink_to("/etc/hostname")
    (work / "node_modules" / "secret").symlink_to(package(tmp_path / "elsewhere", "secret"))

    lay_out(str(api), str(work), str(target))

    assert layout(target) == {"a": "a"}
    assert not (target / "a" / "key.pem").exists()


def test_required_package_of_the_project_that_is_missing_is_an_error(tmp_path: Path) -> None:
    api = package(tmp_path / "work" / "api", "api", a="1")

    with pytest.raises(MissingError) as caught:
        lay_out(str(api), str(tmp_path / "work"), str(tmp_path / "out"), own=frozenset({str(api.resolve())}))

    assert caught.value.package == "a"


def test_leftovers_of_managers_are_removed_and_generated_packages_kept(tmp_path: Path) -> None:
    modules = tmp_path / "node_modules"
    package(modules / "a" / "node_modules" / "b", "b")
    package(modules / ".prisma" / "client", "client")
    for path in (".bin/x", "a/node_modules/.bin/x", ".cache/x", ".pnpm/x"):
        (modules / path).parent.mkdir(parents=True, exist_ok=True)
        (modules / path).write_text("")
    for name in (".package-lock.json", ".yarn-integrity", ".modules.yaml", ".pnpm-workspace-state-v1.json"):
        (modules / name).write_text("")
    (modules / "a" / ".bin").mkdir()

    remove_leftovers(str(modules))

    assert sorted(path.relative_to(modules).as_posix() for path in modules.rglob(".*")) == [".prisma", "a/.bin"]


def test_links_are_recognised_in_scopes_too(tmp_path: Path) -> None:
    modules = tmp_path / "node_modules"
    package(modules / "a", "a")
    assert not has_links(str(modules))

    (modules / "@s").mkdir()
    (modules / "@s" / "b").symlink_to(modules / "a")
    assert has_links(str(modules))
