from __future__ import annotations

import os

import pytest

from tests.support.configured import HEAD, Workspace, findings, function_of, only


def instance(name: str, *, app: str = "mall", stage: str = "dev", region: str = "ap-guangzhou") -> str:
    return (
        f"component: scf\nname: {name}\napp: {app}\nstage: {stage}\n"
        f"inputs:\n  src: .\n  runtime: Python3.10\n  region: {region}\n"
    )


@pytest.mark.parametrize("name", ["serverless.yml", "serverless.yaml", "serverless.json"])
def test_folder_is_read_as_its_file(workspace: Workspace, name: str) -> None:
    text = '{"component": "scf", "name": "a", "inputs": {"src": ".", "runtime": "Go1"}}'
    loaded = workspace.write(f"fn/{name}", text).load("fn")
    assert findings(loaded) == []
    assert function_of(loaded).span.file == f"fn/{name}"
    assert loaded.project is not None
    assert loaded.project.root == str(workspace.root / "fn")


def test_file_can_have_any_name(workspace: Workspace) -> None:
    assert findings(workspace.write("other.yml", HEAD).load("other.yml")) == []


def test_display_path_is_relative_inside_working_directory(workspace: Workspace) -> None:
    workspace.write("here/x", "").write("there/serverless.yml", HEAD + "  x: 1\n").write("there/code/x", "")
    shown = only(workspace.load("../there", cwd="here")).subject
    assert shown is not None
    assert shown.file == str(workspace.root / "there/serverless.yml")


def test_first_of_several_files_is_read_with_warning(workspace: Workspace) -> None:
    loaded = workspace.write("serverless.yaml", "broken: [").write("serverless.yml", HEAD).load()
    assert findings(loaded) == ["1:1 several-files?"]


def test_subfolders_are_one_project(workspace: Workspace) -> None:
    workspace.write("b/serverless.yml", instance("two")).write("a/serverless.yml", instance("one"))
    workspace.write(".hidden/serverless.yml", "broken: [").write("a/deeper/serverless.yml", "broken: [")
    loaded = workspace.load()
    assert findings(loaded) == []
    assert loaded.project is not None
    assert [(one.name, one.file) for one in loaded.project.instances] == [
        ("one", "a/serverless.yml"),
        ("two", "b/serverless.yml"),
    ]
    assert loaded.project.root == str(workspace.root)
    assert sorted(loaded.sources) == ["a/serverless.yml", "b/serverless.yml"]


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        (instance("two", app="market"), "instances-disagree"),
        (instance("two", stage="prod"), "instances-disagree"),
        (instance("two").replace("app: mall\n", ""), "instances-disagree"),
        (instance("two", region="ap-tokyo"), "several-regions"),
    ],
)
def test_instances_with_different_owner_or_region_are_rejected(workspace: Workspace, other: str, rule: str) -> None:
    workspace.write("a/serverless.yml", instance("one")).write("b/serverless.yml", other)
    loaded = workspace.load()
    assert loaded.project is None
    found = only(loaded)
    assert found.rule == rule
    assert found.subject is not None
    assert found.subject.file == "b/serverless.yml"
    assert "folder" in (found.hint or "") or "stage" in (found.hint or "")


def test_stage_and_region_options_apply_to_all_instances(workspace: Workspace) -> None:
    workspace.write("a/serverless.yml", instance("one"))
    workspace.write("b/serverless.yml", instance("two", stage="prod", region="ap-tokyo"))
    assert findings(workspace.load(stage="test", region="ap-seoul")) == []


def test_duplicate_instance_name_is_rejected(workspace: Workspace) -> None:
    workspace.write("a/serverless.yml", instance("one")).write("b/serverless.yml", instance("one"))
    assert only(workspace.load()).rule == "instance-duplicate"


def test_missing_path_is_reported(workspace: Workspace) -> None:
    assert findings(workspace.load()) == ["1:1 file-missing"]
    assert findings(workspace.load("no/such/place")) == ["1:1 file-missing"]
    assert findings(workspace.load("nul\0")) == ["1:1 file-missing"]
    assert findings(workspace.load("x" * 5000)) == ["1:1 file-missing"]
    assert findings(workspace.write("code/notes.txt", "").load("code")) == ["1:1 file-missing"]


def test_other_file_name_is_suggested(workspace: Workspace) -> None:
    found = only(workspace.write("serverless.yaml", HEAD).load("serverless.yml"))
    assert "serverless.yaml" in (found.hint or "")


def test_folder_named_like_file_is_reported(workspace: Workspace) -> None:
    (workspace.root / "serverless.yml").mkdir()
    assert findings(workspace.load()) == ["1:1 file-unreadable"]
    assert findings(workspace.load("serverless.yml")) == ["1:1 file-unreadable"]


def test_special_file_is_reported_as_unreadable(workspace: Workspace) -> None:
    os.mkfifo(workspace.root / "serverless.yml")
    assert findings(workspace.load()) == ["1:1 file-unreadable"]


def test_broken_link_is_reported(workspace: Workspace) -> None:
    (workspace.root / "serverless.yml").symlink_to("nowhere")
    assert findings(workspace.load()) == ["1:1 file-unreadable"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_unreadable_file_is_reported(workspace: Workspace) -> None:
    workspace.write("serverless.yml", HEAD)
    (workspace.root / "serverless.yml").chmod(0)
    assert findings(workspace.load()) == ["1:1 file-unreadable"]


def test_different_app_or_stage_in_parent_folder_is_a_warning(workspace: Workspace) -> None:
    workspace.write("serverless.yml", "app: market\nstage: prod\n").write("fn/serverless.yml", instance("one"))
    loaded = workspace.load("fn")
    assert findings(loaded) == ["1:1 parent-file-ignored?"] * 2
    assert function_of(loaded).owner.app == "mall"
    assert findings(workspace.load("fn", stage="prod")) == ["1:1 parent-file-ignored?"]


@pytest.mark.parametrize("text", ["app: mall\n", "name: x\n", "broken: [", "app: ${env:X}\n", "- a\n"])
def test_irrelevant_parent_file_is_not_reported(workspace: Workspace, text: str) -> None:
    workspace.write("serverless.yml", text).write("fn/serverless.yml", instance("one"))
    assert findings(workspace.load("fn")) == []
