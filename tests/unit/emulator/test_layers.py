"""Layers: their versions, publishing and deletion, and what functions find under /opt."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from tests.support.emulator import ApiError, Cloud, running, zip_text

TOOLS = {"greeting.py": "WORD = 'hello'\n"}
USES = {"index.py": "import greeting\n\ndef main(event, context):\n    return greeting.WORD\n"}


def publish(cloud: Cloud, name: str = "tools", files: dict[str, str] = TOOLS, **more: Any) -> int:
    wanted = {"CompatibleRuntimes": ["Python3.10"], "Content": {"ZipFile": zip_text(files)}, **more}
    return int(cloud.call("PublishLayerVersion", LayerName=name, **wanted)["LayerVersion"])


def mounted(*versions: int, name: str = "tools") -> list[dict[str, Any]]:
    return [{"LayerName": name, "LayerVersion": version} for version in versions]


def result(cloud: Cloud) -> Any:
    answer = cloud.call("InvokeFunction", FunctionName="hello", Event="{}")["Result"]
    assert answer["ErrMsg"] == ""
    return json.loads(answer["RetMsg"])


def test_layer_version_numbers_are_not_reused(cloud: Cloud) -> None:
    assert [publish(cloud), publish(cloud)] == [1, 2]
    cloud.call("DeleteLayerVersion", LayerName="tools", LayerVersion=2)
    assert publish(cloud) == 3


def test_layer_version_is_publishing_until_activation_time(slow_cloud: Cloud) -> None:
    publish(slow_cloud)
    version = {"LayerName": "tools", "LayerVersion": 1}
    assert slow_cloud.call("GetLayerVersion", **version)["Status"] == "Publishing"
    slow_cloud.advance(11)
    assert slow_cloud.call("GetLayerVersion", **version)["Status"] == "Active"


def test_async_failure_fault_ends_publishing_in_failed_state(cloud: Cloud) -> None:
    cloud.control("faults", [{"action": "PublishLayerVersion", "async_failure": "too sour"}])
    publish(cloud)
    assert cloud.call("GetLayerVersion", LayerName="tools", LayerVersion=1)["Status"] == "PublishFailed"


def test_deleted_layer_version_disappears_after_activation_time(slow_cloud: Cloud) -> None:
    publish(slow_cloud)
    slow_cloud.advance(11)
    slow_cloud.call("DeleteLayerVersion", LayerName="tools", LayerVersion=1)
    assert slow_cloud.call("GetLayerVersion", LayerName="tools", LayerVersion=1)["Status"] == "Deleting"
    slow_cloud.advance(11)
    assert slow_cloud.error("GetLayerVersion", LayerName="tools", LayerVersion=1) == "ResourceNotFound.Layer"


def test_layer_lists_include_tags(cloud: Cloud) -> None:
    publish(cloud, Tags=[{"Key": "team", "Value": "blue"}], Description="one")
    publish(cloud)
    publish(cloud, "other")
    newest = cloud.call("ListLayers", Limit=10)
    assert [(layer["LayerName"], layer["LayerVersion"]) for layer in newest["Layers"]] == [("other", 1), ("tools", 2)]
    versions = cloud.call("ListLayerVersions", LayerName="tools")["LayerVersions"]
    assert [(version["LayerVersion"], version["Tags"]) for version in versions] == [
        (2, [{"Key": "team", "Value": "blue"}]),
        (1, [{"Key": "team", "Value": "blue"}]),
    ]
    assert cloud.call("ListLayerVersions", LayerName="none")["LayerVersions"] == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"LayerName": "my.tools"}, "InvalidParameterValue.LayerName"),
        ({"LayerName": "tools-"}, "InvalidParameterValue.LayerName"),
        ({"CompatibleRuntimes": []}, "InvalidParameterValue.CompatibleRuntimes"),
        ({"CompatibleRuntimes": ["Cobol1"]}, "InvalidParameterValue.CompatibleRuntimes"),
        ({"Content": {}}, "InvalidParameterValue.Content"),
        ({"Content": {"DemoId": "1"}}, "InvalidParameterValue.Content"),
        ({"Content": {"ZipFile": "bm8gemlw"}}, "InvalidParameterValue.ZipFile"),
    ],
)
def test_invalid_layer_version_is_rejected(cloud: Cloud, wrong: dict[str, Any], code: str) -> None:
    right = {"LayerName": "tools", "CompatibleRuntimes": ["Python3.10"], "Content": {"ZipFile": zip_text(TOOLS)}}
    assert cloud.error("PublishLayerVersion", **{**right, **wrong}) == code


def test_mounted_layer_version_cannot_be_deleted(cloud: Cloud) -> None:
    publish(cloud)
    cloud.create(files=USES, Layers=mounted(1))
    assert cloud.error("DeleteLayerVersion", LayerName="tools", LayerVersion=1) == "ResourceInUse.LayerVersion"
    cloud.call("DeleteFunction", FunctionName="hello")
    cloud.call("DeleteLayerVersion", LayerName="tools", LayerVersion=1)


def test_deleted_or_missing_layer_version_cannot_be_mounted(slow_cloud: Cloud) -> None:
    publish(slow_cloud)
    slow_cloud.advance(11)
    slow_cloud.call("DeleteLayerVersion", LayerName="tools", LayerVersion=1)
    wanted = {"FunctionName": "hello", "Runtime": "Python3.10", "Handler": "index.main"}
    code = {"Code": {"ZipFile": zip_text(USES)}}
    assert slow_cloud.error("CreateFunction", **wanted, **code, Layers=mounted(1)) == "InvalidParameterValue.Layers"
    assert slow_cloud.error("CreateFunction", **wanted, **code, Layers=mounted(2)) == "ResourceNotFound.LayerVersion"


def test_unknown_layer_is_accepted_in_region_without_layers_but_its_function_does_not_run(cloud: Cloud) -> None:
    cloud.create(Layers=mounted(7, name="elsewhere"))
    assert cloud.call("GetFunction", FunctionName="hello")["Layers"][0]["LayerVersion"] == 7
    assert cloud.error("Invoke", FunctionName="hello") == "ResourceNotFound.LayerVersion"


@pytest.mark.parametrize("layers", ["auto", "declared"])
def test_unknown_layer_is_refused_if_layers_are_known(layers: str) -> None:
    with running(layers=layers) as cloud:
        if layers == "auto":
            publish(cloud)
        cloud.create()
        unknown = mounted(7, name="elsewhere")
        code = cloud.error("UpdateFunctionConfiguration", FunctionName="hello", Layers=unknown)
        assert code == "ResourceNotFound.Layer"
        with pytest.raises(ApiError, match="Layer `elsewhere` does not exist"):
            cloud.create("other", Layers=unknown)


def test_function_imports_from_layers_and_later_layer_wins(cloud: Cloud) -> None:
    publish(cloud)
    publish(cloud, files={"greeting.py": "WORD = 'bye'\n"})
    cloud.create(files=USES, Layers=mounted(1))
    assert result(cloud) == "hello"
    cloud.call("UpdateFunctionConfiguration", FunctionName="hello", Layers=mounted(1, 2))
    assert result(cloud) == "bye"


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_node_function_requires_from_layers(cloud: Cloud) -> None:
    layer = {"node_modules/greeting/index.js": "exports.word = 'hello';\n", "plain.js": "exports.word = 'you';\n"}
    publish(cloud, files=layer, CompatibleRuntimes=["Nodejs18.15"])
    code = "exports.main = async () => `${require('greeting').word} ${require('plain').word}`;\n"
    cloud.create(files={"index.js": code}, Runtime="Nodejs18.15", Layers=mounted(1))
    assert result(cloud) == "hello you"


def test_later_layer_replaces_a_link_of_an_earlier_one(cloud: Cloud) -> None:
    link = {"ZipFile": zip_text({"a.txt": "a", "link": "a.txt"}, modes={"link": 0o120777})}
    file = {"ZipFile": zip_text({"link": "b"})}
    for name, content in (("first", link), ("same", link), ("file", file)):
        publish(cloud, name, Content=content)
    layers = [*mounted(1, name="first"), *mounted(1, name="same"), *mounted(1, name="file")]
    source = """
import os

def main(event, context):
    folder = os.environ["PYTHONPATH"].split(":")[1]
    return [open(f"{folder}/{name}").read() for name in ("a.txt", "link")]
"""
    cloud.create(files={"index.py": source}, Layers=layers)
    assert result(cloud) == ["a", "b"]
