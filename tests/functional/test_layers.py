"""Layers on the command line: published when changed, used by functions, kept and deleted."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.emulator import Cloud, zip_text
from tests.support.instances import write_function, write_layer
from tests.support.local_server import LocalServer

BY_HAND = {"LayerName": "base", "CompatibleRuntimes": ["Python3.10"], "Content": {"ZipFile": zip_text({"a": "b"})}}
EXAMPLE = Path(__file__).parents[2] / "examples" / "shared-layer"
PINNED = "  layers: [{name: base, version: 1}]\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_function(write_layer(tmp_path / "shop"))


def apply(folder: Path, cloud: LocalServer, *options: str) -> Ran:
    return scfdeploy("apply", folder, "--yes", "--format", "json", *options, env=cloud.env)


def done(ran: Ran) -> dict[str, str]:
    """What was done, by address."""
    assert ran.exit_code == 0, ran.stderr + ran.stdout
    return {one["address"]: one["action"] for one in ran.document["results"]}


def plan(folder: Path, cloud: LocalServer, *options: str) -> dict[str, Any]:
    ran = scfdeploy("plan", folder, "--format", "json", *options, env=cloud.env)
    assert ran.exit_code == 0, ran.stderr + ran.stdout
    return ran.document


def planned(folder: Path, cloud: LocalServer, *options: str) -> dict[str, str]:
    """What would be done, by address."""
    changes = plan(folder, cloud, *options)["changes"]
    return {change["address"]: change["action"] for change in changes if change["action"] != "no-op"}


def versions(cloud: LocalServer) -> list[int]:
    rows = Cloud(cloud.url).call("ListLayerVersions", LayerName="base")["LayerVersions"]
    return sorted(row["LayerVersion"] for row in rows)


def called(cloud: LocalServer, folder: Path) -> Any:
    return scfdeploy("invoke", "api", "--path", folder, "--format", "json", env=cloud.env).document["result"]


def test_layer_is_published_and_its_functions_follow_in_the_same_plan(project: Path, cloud: LocalServer) -> None:
    first = apply(project, cloud)
    assert done(first) == {"layer/base": "create", "function/default/api": "create"}
    assert first.document["outputs"]["base"] == {
        "name": "base",
        "version": 1,
        "region": "ap-guangzhou",
        "runtimes": ["Python3.10"],
        "description": "Shared things",
    }
    assert called(cloud, project)[0] == 42

    write_layer(project, 43)
    changes = {change["address"]: change for change in plan(project, cloud)["changes"]}
    layer = {field["path"]: (field["before"], field["after"]) for field in changes["layer/base"]["fields"]}
    assert layer["version"] == (1, {"unknown": "layer/base#version"})
    assert changes["function/default/api"]["fields"] == [
        {
            "path": "layers",
            "before": [{"name": "base", "version": 1}],
            "after": [{"name": "base", "version": {"unknown": "layer/base#version"}}],
            "sensitive": False,
            "forcesReplace": False,
        }
    ]
    assert changes["function/default/api"]["requires"] == ["layer/base"]
    second = apply(project, cloud)
    assert done(second) == {"layer/base": "update", "function/default/api": "update"}
    assert second.document["outputs"]["base"]["version"] == 2
    assert called(cloud, project)[0] == 43
    assert planned(project, cloud) == {}
    assert versions(cloud) == [1, 2]


def test_layer_plan_without_cache_is_empty(project: Path, cloud: LocalServer, tmp_path: Path) -> None:
    apply(project, cloud)
    elsewhere = shutil.copytree(project, tmp_path / "elsewhere", ignore=shutil.ignore_patterns(".scfdeploy"))
    for path in elsewhere.rglob("*.py"):
        path.touch()

    assert planned(elsewhere, cloud) == {}
    assert "PublishLayerVersion" not in cloud.calls()[cloud.calls().index("CreateFunction") :]


@pytest.mark.parametrize(
    ("changed", "path"),
    [({"description": "Other things"}, "description"), ({"runtimes": "Python3.9, Python3.10"}, "runtimes")],
)
def test_layer_setting_change_publishes_version(
    changed: dict[str, str], path: str, project: Path, cloud: LocalServer
) -> None:
    apply(project, cloud)
    write_layer(project, **changed)  # type: ignore[arg-type]

    changes = {change["address"]: change["fields"] for change in plan(project, cloud)["changes"]}
    assert [field["path"] for field in changes["layer/base"]] == [path, "version"]
    assert done(apply(project, cloud)) == {"layer/base": "update", "function/default/api": "update"}
    assert planned(project, cloud) == {}


def test_keep_deletes_only_unused_old_versions(project: Path, cloud: LocalServer) -> None:
    apply(project, cloud)
    write_function(project, "pinned", PINNED)
    for answer in (43, 44, 45):
        apply(write_layer(project, answer), cloud)
    assert versions(cloud) == [1, 2, 3, 4]

    write_layer(project, 46)
    assert planned(project, cloud, "--keep", "2") == {
        "layer/base": "update",
        "function/default/api": "update",
        "layer/base/2": "delete",
        "layer/base/3": "delete",
    }
    apply(project, cloud, "--keep", "2")
    assert versions(cloud) == [1, 4, 5]
    assert planned(project, cloud, "--keep", "2") == {}


def test_version_used_by_other_folder_is_kept(project: Path, cloud: LocalServer) -> None:
    apply(project, cloud)
    alone = write_layer(project, 43) / "base"
    apply(alone, cloud, "--keep", "1")
    assert versions(cloud) == [1, 2]

    destroyed = scfdeploy("destroy", alone, "--yes", env=cloud.env)
    assert destroyed.exit_code == 0, destroyed.stderr
    assert "layer/base/1: is used by function/default/api" in destroyed.stdout + destroyed.stderr
    assert versions(cloud) == [1]


def test_unowned_layer_is_adopted_only_with_adopt(project: Path, cloud: LocalServer) -> None:
    Cloud(cloud.url).call("PublishLayerVersion", **BY_HAND)
    refused = scfdeploy("plan", project, "--format", "json", env=cloud.env)
    assert refused.exit_code == 1
    assert [(one["address"], one["rule"]) for one in refused.document["refused"]] == [("layer/base", "not-owned")]

    assert done(apply(project, cloud, "--adopt"))["layer/base"] == "update"
    assert planned(project, cloud) == {}
    destroyed = scfdeploy("destroy", project, "--yes", env=cloud.env)
    assert destroyed.exit_code == 0, destroyed.stderr
    assert "version 1 was not published by this project" in destroyed.stdout + destroyed.stderr
    assert versions(cloud) == [1]


def test_layer_of_another_project_is_never_touched(project: Path, cloud: LocalServer) -> None:
    apply(project, cloud)
    for file in project.glob("*/serverless.yml"):
        file.write_text(file.read_text().replace("app: shop", "app: blog"))
    before = versions(cloud)

    refused = scfdeploy("apply", project, "--yes", "--adopt", "--format", "json", env=cloud.env)
    assert {one["rule"] for one in refused.document["refused"]} == {"owned-by-another"}
    destroyed = scfdeploy("destroy", project, "--yes", "--format", "json", env=cloud.env)
    assert destroyed.document["results"] == []
    assert versions(cloud) == before


def test_destroy_deletes_owned_resources_functions_first(project: Path, cloud: LocalServer) -> None:
    apply(project, cloud)
    apply(write_layer(project, 43), cloud)
    destroyed = scfdeploy("destroy", project, "--yes", "--format", "json", env=cloud.env)

    assert done(destroyed) == {"function/default/api": "delete", "layer/base": "delete"}
    assert [action for action in cloud.writes() if action.startswith("Delete")] == [
        "DeleteFunction",
        "DeleteLayerVersion",
        "DeleteLayerVersion",
    ]
    assert not {"function", "layer", "trigger", "tags"} & cloud.control("state").keys()


def test_layer_of_a_renamed_instance_is_left_alone_until_the_instance_is_named(
    project: Path, cloud: LocalServer
) -> None:
    write_function(project, inputs="")
    apply(project, cloud)
    other = project / "base" / "serverless.yml"
    other.write_text(other.read_text().replace("name: base", "name: other"))

    assert planned(project, cloud, "--prune") == {"layer/other": "create"}
    apply(project, cloud, "--prune")
    assert {one["address"] for one in plan(project, cloud)["leftAlone"]} == {"layer/base"}
    assert planned(project, cloud, "--prune", "--instance", "base") == {"layer/base": "delete"}


def test_layer_that_its_instance_no_longer_names_is_left_alone_until_it_is_pruned(
    project: Path, cloud: LocalServer
) -> None:
    write_function(project, inputs="")
    apply(project, cloud)
    other = project / "base" / "serverless.yml"
    other.write_text(other.read_text().replace("  name: base", "  name: other"))

    left = {one["address"] for one in plan(project, cloud)["leftAlone"]}
    assert left == {"layer/base"}
    assert planned(project, cloud, "--prune") == {"layer/other": "create", "layer/base": "delete"}
    apply(project, cloud, "--prune")
    assert versions(cloud) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "PublishLayerVersion", "drop": "after", "times": 1},
        {"action": "PublishLayerVersion", "drop": "before", "times": 1},
        {"action": "PublishLayerVersion", "code": "InternalError", "times": 1},
        {"action": "ListLayerVersions", "status": 502, "times": 1},
        {"action": "GetLayerVersion", "drop": "after", "times": 1},
    ],
    ids=lambda fault: "-".join(str(part) for part in fault.values()),
)
def test_transient_errors_publish_one_version(fault: dict[str, Any], project: Path, cloud: LocalServer) -> None:
    cloud.control("faults", [fault])

    assert done(apply(project, cloud)) == {"layer/base": "create", "function/default/api": "create"}
    assert versions(cloud) == [1]
    assert planned(project, cloud) == {}


def test_failed_publish_is_reported_and_repeated(project: Path, cloud: LocalServer) -> None:
    cloud.control("faults", [{"action": "PublishLayerVersion", "async_failure": "too sour", "times": 1}])
    failed = apply(project, cloud)
    assert failed.exit_code == 1
    assert {one["address"]: one["status"] for one in failed.document["results"]} == {
        "layer/base": "failed",
        "function/default/api": "skipped",
    }

    changes = {change["address"]: change["reason"] for change in plan(project, cloud)["changes"]}
    assert changes["layer/base"] == "publishing its newest version failed"
    assert done(apply(project, cloud)) == {"layer/base": "update", "function/default/api": "create"}
    assert planned(project, cloud) == {}


def test_large_content_goes_through_the_storage_once(project: Path, cloud: LocalServer) -> None:
    (project / "base" / "src" / "data.bin").write_bytes(random.Random(1).randbytes(8 << 20))
    assert done(apply(project, cloud))["layer/base"] == "create"
    assert cloud.calls().count("CompleteMultipartUpload") == 1
    assert planned(project, cloud) == {}
    assert called(cloud, project)[0] == 42


def test_target_function_includes_its_layer(project: Path, cloud: LocalServer) -> None:
    write_function(project, "other", "")
    assert planned(project, cloud, "--target", "function/default/api") == {
        "layer/base": "create",
        "function/default/api": "create",
    }
    assert planned(project, cloud, "--target", "layer/base") == {"layer/base": "create"}
    assert planned(project, cloud, "--target", "function/default/other") == {"function/default/other": "create"}
    apply(project, cloud)
    write_layer(project, 43)
    assert planned(project, cloud, "--target", "layer/base") == {"layer/base": "update"}
    assert planned(project, cloud, "--target", "function/default/api") == {
        "layer/base": "update",
        "function/default/api": "update",
    }


def test_status_shows_layers(project: Path, cloud: LocalServer) -> None:
    before = scfdeploy("status", project, "--format", "json", env=cloud.env).document["layers"]
    assert [(layer["address"], layer["state"], layer["version"]) for layer in before] == [("layer/base", "", None)]
    apply(project, cloud)
    write_layer(project, 43)
    shown = scfdeploy("status", project, "--format", "json", env=cloud.env).document["layers"][0]
    assert (shown["state"], shown["version"], shown["versions"], shown["owned"]) == ("Active", 1, ["1"], True)
    assert [field["path"] for field in shown["drift"]] == ["src", "version"]
    assert "layer/base" in scfdeploy("status", project, env=cloud.env).stdout


def test_layer_example_is_deployed(cloud: LocalServer, tmp_path: Path) -> None:
    folder = shutil.copytree(EXAMPLE, tmp_path / "layered", ignore=shutil.ignore_patterns(".scfdeploy"))
    assert done(apply(folder, cloud)) == {"layer/layered-words": "create", "function/default/layered-greeter": "create"}
    told = scfdeploy("invoke", "layered-greeter", "--path", folder, "--format", "json", env=cloud.env).document
    assert told["result"] == "Hello, world!"


def test_saved_plan_with_layers_is_applied_exactly_or_rejected(
    project: Path, cloud: LocalServer, tmp_path: Path
) -> None:
    file = tmp_path / "kept.json"
    apply(project, cloud)
    write_layer(project, 43)
    plan(project, cloud, "--keep", "1", "--out", str(file))
    kept = scfdeploy("apply", "--plan", file, "--format", "json", env=cloud.env)
    assert done(kept) == {"layer/base": "update", "function/default/api": "update", "layer/base/1": "delete"}

    write_layer(project, 44)
    plan(project, cloud, "--out", str(file))
    Cloud(cloud.url).call("PublishLayerVersion", **BY_HAND)
    moved = scfdeploy("apply", "--plan", file, env=cloud.env)
    assert moved.exit_code == 1
    assert "the cloud changed since the plan was made: layer/base: " in moved.stderr
    assert versions(cloud) == [2, 3]
