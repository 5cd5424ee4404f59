"""What belongs to the installation of a Node.js package: lock file, workspace, linked folders, settings."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.packager.build import nodejs
from scfdeploy.packager.build.dependencies import BuildError, Dependencies

MANIFEST = {"name": "demo", "dependencies": {"ms": "1.0.0"}}


def write(folder: Path, files: Mapping[str, Any]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def find(folder: Path) -> Dependencies | None:
    return nodejs.find(str(folder), "Nodejs18.15", scripts=False)


def inputs(folder: Path) -> list[str]:
    found = find(folder)
    assert found is not None
    return [os.path.relpath(path, folder) for path in found.inputs]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"package-lock.json": "{}"},
        {"package.json": {"name": "demo"}, "package-lock.json": "{}"},
        {"package.json": {"devDependencies": {"ms": "1"}}, "package-lock.json": "{}"},
        {"package.json": MANIFEST},
        {"package.json": MANIFEST, "bun.lock": "{}"},
    ],
)
def test_nothing_is_found_without_dependencies_and_lock_file(files: dict[str, Any], tmp_path: Path) -> None:
    assert find(write(tmp_path, files)) is None


@pytest.mark.parametrize(
    ("files", "manager"),
    [
        ({"package-lock.json": ""}, "npm"),
        ({"npm-shrinkwrap.json": ""}, "npm"),
        ({"pnpm-lock.yaml": ""}, "pnpm"),
        ({"yarn.lock": ""}, "yarn"),
        ({"yarn.lock": "", "package-lock.json": ""}, "yarn"),
        (
            {"yarn.lock": "", "package-lock.json": "", "package.json": MANIFEST | {"packageManager": "npm@10.2.0"}},
            "npm",
        ),
    ],
)
def test_lock_file_names_the_manager(files: dict[str, Any], manager: str, tmp_path: Path) -> None:
    found = find(write(tmp_path, {"package.json": MANIFEST} | files))

    assert found is not None
    assert found.manager == manager
    assert found.replaces == ("node_modules",)


def test_inputs_are_manifest_lock_file_and_settings(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": MANIFEST, "package-lock.json": "{}", ".npmrc": "", "index.js": "", ".env": ""})

    assert inputs(tmp_path) == ["package.json", "package-lock.json", ".npmrc"]


def test_local_packages_are_inputs_with_those_that_they_need(tmp_path: Path) -> None:
    manifest = {"dependencies": {"a": "file:../a", "packed": "file:packed.tgz"}}
    write(tmp_path / "demo", {"package.json": manifest, "package-lock.json": "{}", "packed.tgz": ""})
    write(
        tmp_path / "a", {"package.json": {"dependencies": {"b": "link:../b"}}, "lib/a.js": "", "node_modules/x.js": ""}
    )
    write(tmp_path / "b", {"package.json": {}, "b.js": "", ".env": "SECRET=1"})

    assert set(inputs(tmp_path / "demo")) == {
        "package.json",
        "package-lock.json",
        "packed.tgz",
        "../a/package.json",
        "../a/lib/a.js",
        "../b/package.json",
        "../b/b.js",
    }


@pytest.mark.parametrize(
    "workspace",
    [
        {"package.json": {"workspaces": ["packages/*"]}, "package-lock.json": "{}"},
        {"package.json": {"workspaces": {"packages": ["./{apps,packages}/*"]}}, "yarn.lock": ""},
        {"package.json": {}, "pnpm-workspace.yaml": "packages: ['**', '!apps/*']", "pnpm-lock.yaml": ""},
    ],
)
def test_lock_file_of_the_workspace_counts_for_its_packages(workspace: dict[str, Any], tmp_path: Path) -> None:
    write(tmp_path, workspace)
    write(tmp_path / "packages" / "api", {"package.json": {"name": "api", "dependencies": {"shared": "1", "ms": "1"}}})
    write(tmp_path / "packages" / "shared", {"package.json": {"name": "shared"}, "shared.js": ""})
    write(tmp_path / "packages" / "web", {"package.json": {"name": "web"}, "web.js": ""})

    names = inputs(tmp_path / "packages" / "api")

    assert names[0] == "package.json"
    assert {"../../package.json", "../shared/shared.js", "../web/package.json"} < set(names)
    assert "../web/web.js" not in names


def test_package_outside_of_the_workspace_does_not_take_its_lock_file(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": {"workspaces": ["packages/*"]}, "package-lock.json": "{}"})
    write(tmp_path / "apps" / "api", {"package.json": MANIFEST})

    assert find(tmp_path / "apps" / "api") is None


def test_workspace_is_not_searched_above_a_repository(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": {"workspaces": ["packages/*"]}, "package-lock.json": "{}"})
    write(tmp_path / "packages" / "api", {"package.json": MANIFEST, ".git/HEAD": ""})

    assert find(tmp_path / "packages" / "api") is None


def test_workspace_that_others_can_write_to_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": {"workspaces": ["packages/*"]}, "package-lock.json": "{}"})
    write(tmp_path / "packages" / "api", {"package.json": MANIFEST})
    (tmp_path / "packages").chmod(0o777)

    assert find(tmp_path / "packages" / "api") is None


@pytest.mark.parametrize(
    "files",
    [
        {"package.json": "{,}", "package-lock.json": ""},
        {"package.json": "[]", "package-lock.json": ""},
        {"package.json": {"dependencies": ["ms"]}, "package-lock.json": ""},
        {"package.json": MANIFEST | {"workspaces": 3}, "package-lock.json": ""},
        {"package.json": MANIFEST, "pnpm-workspace.yaml": "packages: [", "pnpm-lock.yaml": ""},
    ],
)
def test_manifest_that_cannot_be_read_is_an_error(files: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(BuildError) as caught:
        find(write(tmp_path, files))

    assert caught.value.finding.id == "dependency-file-invalid"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_folder_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": MANIFEST | {"workspaces": ["libs/*"]}, "package-lock.json": ""})
    (tmp_path / "libs").mkdir(mode=0o000)

    with pytest.raises(BuildError) as caught:
        find(tmp_path)
    (tmp_path / "libs").chmod(0o755)

    assert caught.value.values["file"] == str(tmp_path / "libs")


def test_file_that_cannot_be_copied_is_an_error(tmp_path: Path) -> None:
    manifest = MANIFEST | {"dependencies": {"ms": "file:ms.tgz"}}
    write(tmp_path, {"package.json": manifest, "package-lock.json": "", "ms.tgz": ""})
    found = find(tmp_path)
    assert found is not None
    (tmp_path / "staging" / ".work").mkdir(parents=True)
    (tmp_path / "staging" / ".work" / "ms.tgz").mkdir()

    with pytest.raises(BuildError) as caught:
        nodejs.install(found, tmp_path / "staging", run=lambda *_, **__: [])

    assert caught.value.finding.id == "dependency-file-invalid"


@pytest.mark.parametrize(
    ("lock", "is_complete"),
    [
        ({"packages": {"": {}, "node_modules/ms": {"version": "0.9.0"}}}, True),
        ({"packages": {"": {"dependencies": {"ms": "1.0.0"}}, "node_modules/debug": {}}}, False),
        ({"packages": {}}, False),
        ({"packages": []}, True),
        ({"lockfileVersion": 1, "dependencies": {}}, True),
        ("no JSON", True),
    ],
)
def test_lock_file_of_npm_without_a_package_is_outdated(lock: object, is_complete: bool, tmp_path: Path) -> None:
    found = find(write(tmp_path, {"package.json": MANIFEST, "package-lock.json": lock}))
    assert found is not None
    if is_complete:
        nodejs.check(found)
    else:
        with pytest.raises(BuildError) as refused:
            nodejs.check(found)
        assert refused.value.finding.id == "lock-outdated"


def test_package_of_workspace_member_is_found_at_either_place(tmp_path: Path) -> None:
    for place in ("node_modules/ms", "app/node_modules/ms"):
        folder = write(
            tmp_path / place.replace("/", "-"),
            {
                "package.json": {"name": "all", "workspaces": ["app"]},
                "app/package.json": MANIFEST,
                "package-lock.json": {"packages": {"": {}, "app": {}, place: {"version": "1.0.0"}}},
            },
        )
        found = find(folder / "app")
        assert found is not None
        nodejs.check(found)


@pytest.mark.parametrize(("text", "is_complete"), [('ms@1.0.0:\n  version "1.0.0"\n', True), ("", False)])
def test_lock_file_of_yarn_1_without_a_package_is_outdated(text: str, is_complete: bool, tmp_path: Path) -> None:
    found = find(write(tmp_path, {"package.json": MANIFEST, "yarn.lock": text}))
    assert found is not None
    if is_complete:
        nodejs.check(found)
    else:
        with pytest.raises(BuildError):
            nodejs.check(found)
