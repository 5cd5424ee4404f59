"""The paths of functions on the local server: short ones, and those that no other name can hide."""

from __future__ import annotations

import json

import pytest

from tests.support.emulator import Cloud

WHO = {"index.py": "def main(event, context):\n    return [context['tencentcloud_region'], context['namespace']]\n"}
PATH = {"index.py": "def main(event, context):\n    return event['path']\n"}


def create(
    cloud: Cloud, name: str, *, namespace: str = "default", region: str = "ap-guangzhou", **more: object
) -> None:
    if namespace != "default":
        cloud.call("CreateNamespace", region=region, Namespace=namespace)
    cloud.create(name, region=region, **{"files": PATH, "Namespace": namespace, **more})  # type: ignore[arg-type]
    cloud.call(
        "CreateTrigger",
        region=region,
        FunctionName=name,
        Namespace=namespace,
        TriggerName="url",
        Type="http",
        TriggerDesc="{}",
    )


def get(cloud: Cloud, target: str) -> object:
    status, _, body = cloud.send("GET", target)
    return json.loads(body) if status == 200 else status


@pytest.mark.parametrize(
    ("target", "path"), [("/hello", "/"), ("/hello/", "/"), ("/hello/a/b?c=d", "/a/b"), ("/hello//a", "//a")]
)
def test_function_of_the_default_namespace_is_served_at_its_name(cloud: Cloud, target: str, path: str) -> None:
    create(cloud, "hello")
    assert get(cloud, target) == path
    assert cloud.control("urls") == {"urls": {"ap-guangzhou/default/hello": "/hello"}}


def test_function_of_another_namespace_is_served_at_namespace_and_name(cloud: Cloud) -> None:
    create(cloud, "hello", namespace="shop")
    assert get(cloud, "/shop/hello/a") == "/a"
    assert get(cloud, "/shop") == 404
    assert cloud.control("urls") == {"urls": {"ap-guangzhou/shop/hello": "/shop/hello"}}


def test_function_called_like_a_namespace_leaves_a_path_for_the_functions_there(cloud: Cloud) -> None:
    create(cloud, "hello", namespace="shop")
    create(cloud, "shop")
    assert get(cloud, "/shop/hello/a") == "/hello/a"
    paths = cloud.control("urls")["urls"]
    assert paths["ap-guangzhou/default/shop"] == "/shop"
    assert get(cloud, f"{paths['ap-guangzhou/shop/hello']}/a") == "/a"


@pytest.mark.parametrize("namespace", ["_emulator", "_url", "_code", "_state"])
def test_namespace_called_like_a_control_path_hides_none(cloud: Cloud, namespace: str) -> None:
    create(cloud, "health", namespace=namespace)
    path = cloud.control("urls")["urls"][f"ap-guangzhou/{namespace}/health"]
    assert get(cloud, f"{path}/a") == "/a"
    assert cloud.control("health")["ok"] is True


def test_same_name_in_two_regions_has_two_paths(cloud: Cloud) -> None:
    for region in ("ap-beijing", "ap-guangzhou"):
        create(cloud, "hello", region=region, files=WHO)
    paths = cloud.control("urls")["urls"]
    assert paths["ap-guangzhou/default/hello"] == "/hello"
    for region in ("ap-beijing", "ap-guangzhou"):
        assert get(cloud, paths[f"{region}/default/hello"]) == [region, "default"]


def test_path_without_function_says_where_functions_are(cloud: Cloud) -> None:
    for path in (
        "/nobody",
        "/%5Femulator/state",
        "/..",
        "/hello",
        "/_nobody",
        "//hello",
        "/_url/x:y:z/hello",
        "/_url/",
    ):
        status, _, body = cloud.send("GET", path)
        assert (status, b"/NAME/" in body) == (404, True), path


def test_event_function_without_url_is_not_served(cloud: Cloud) -> None:
    cloud.create("hello")
    assert get(cloud, "/hello") == 404
    assert cloud.control("urls") == {"urls": {}}
