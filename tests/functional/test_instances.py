"""Projects with several instances: one plan and one apply, ordered by dependencies."""

from __future__ import annotations

from pathlib import Path

from tests.support.command import scfdeploy
from tests.support.emulator import Cloud
from tests.support.instances import write_function
from tests.support.local_server import LocalServer

URL = """\
  events:
    - http:
        parameters: {netConfig: {enableExtranet: true}}
"""
ASKS = """\
  environment:
    variables:
      OTHER: ${{output:${{stage}}:${{app}}:{name}.{value}}}
"""


def addresses(document: dict, key: str) -> list[str]:
    return [one["address"] for one in document[key] if one["action"] != "no-op"]


def test_url_output_is_input_of_next_instance(tmp_path: Path, cloud: LocalServer) -> None:
    write_function(tmp_path, "aa", ASKS.format(name="bb", value="url"))
    write_function(tmp_path, "bb", ASKS.format(name="cc", value="name") + URL)
    write_function(tmp_path, "cc", "")

    made = scfdeploy("plan", tmp_path, "--format", "json", env=cloud.env).document
    assert addresses(made, "changes") == [
        "function/default/cc",
        "function/default/bb",
        "trigger/default/bb/http/url-trigger",
        "function/default/aa",
    ]
    applied = scfdeploy("apply", tmp_path, "--yes", "--format", "json", env=cloud.env)
    assert applied.exit_code == 0, applied.stderr
    url = applied.document["outputs"]["bb"]["url"]
    assert url == f"{cloud.url}/bb"
    called = scfdeploy("invoke", "aa", "--path", tmp_path, "--format", "json", env=cloud.env).document
    assert called["result"][1].endswith(".ap-guangzhou.tencentscf.com")
    assert scfdeploy("plan", tmp_path, "--detailed-exitcode", env=cloud.env).exit_code == 0
    again = scfdeploy("apply", tmp_path, "--yes", "--format", "json", env=cloud.env).document
    assert again["outputs"]["bb"]["url"] == url

    destroyed = scfdeploy("destroy", tmp_path, "--yes", "--format", "json", env=cloud.env)
    assert destroyed.exit_code == 0, destroyed.stderr
    assert addresses(destroyed.document, "results") == [f"function/default/{name}" for name in ("aa", "bb", "cc")]
    assert not {"function", "trigger", "tags"} & cloud.control("state").keys()


def test_instance_cycle_is_rejected_with_its_path(tmp_path: Path, cloud: LocalServer) -> None:
    for name, other in (("aa", "bb"), ("bb", "cc"), ("cc", "aa")):
        write_function(tmp_path, name, ASKS.format(name=other, value="name"))
    refused = scfdeploy("apply", tmp_path, "--yes", env=cloud.env)
    assert refused.exit_code == 3
    assert "aa needs bb" in refused.stderr
    assert "bb needs cc" in refused.stderr
    assert "cc needs aa" in refused.stderr
    assert cloud.calls() == []


def test_failed_instance_skips_only_dependents(tmp_path: Path, cloud: LocalServer) -> None:
    write_function(tmp_path, "aa", ASKS.format(name="bb", value="url"))
    write_function(tmp_path, "bb", URL)
    write_function(tmp_path, "cc", "")
    cloud.control("faults", [{"action": "CreateTrigger", "code": "LimitExceeded.Trigger", "times": 1}])

    first = scfdeploy("apply", tmp_path, "--yes", "--format", "json", env=cloud.env)
    assert first.exit_code == 5
    assert {one["address"].split("/")[2]: one["status"] for one in first.document["results"]} == {
        "bb": "failed",
        "aa": "skipped",
        "cc": "succeeded",
    }
    second = scfdeploy("apply", tmp_path, "--yes", "--format", "json", env=cloud.env)
    assert second.exit_code == 0, second.stderr
    assert scfdeploy("plan", tmp_path, "--detailed-exitcode", env=cloud.env).exit_code == 0


def test_missing_namespace_is_created_and_kept(tmp_path: Path, cloud: LocalServer) -> None:
    write_function(tmp_path, "aa", "  namespace: shop\n")
    write_function(tmp_path, "bb", "  namespace: there\n")
    Cloud(cloud.url).call("CreateNamespace", Namespace="there")

    made = scfdeploy("plan", tmp_path, "--format", "json", env=cloud.env).document
    changes = {change["address"]: change for change in made["changes"]}
    assert set(changes) == {"namespace/shop", "function/shop/aa", "function/there/bb"}
    assert changes["function/shop/aa"]["requires"] == ["namespace/shop"]
    assert scfdeploy("apply", tmp_path, "--yes", env=cloud.env).exit_code == 0
    assert scfdeploy("plan", tmp_path, "--detailed-exitcode", env=cloud.env).exit_code == 0

    destroyed = scfdeploy("destroy", tmp_path, "--yes", "--format", "json", env=cloud.env)
    assert addresses(destroyed.document, "results") == ["function/shop/aa", "function/there/bb"]
    names = {row["Name"] for row in Cloud(cloud.url).call("ListNamespaces")["Namespaces"]}
    assert names == {"default", "shop", "there"}


def test_concurrently_created_namespace_is_accepted(tmp_path: Path, cloud: LocalServer) -> None:
    write_function(tmp_path, "aa", "  namespace: shop\n")
    cloud.control("faults", [{"action": "CreateNamespace", "drop": "after", "times": 1}])
    applied = scfdeploy("apply", tmp_path, "--yes", env=cloud.env)
    assert applied.exit_code == 0, applied.stderr


def test_apply_of_one_folder_keeps_its_neighbours(tmp_path: Path, cloud: LocalServer) -> None:
    write_function(tmp_path, "aa", "")
    write_function(tmp_path, "bb", "")
    scfdeploy("apply", tmp_path, "--yes", env=cloud.env)
    destroyed = scfdeploy("destroy", tmp_path / "aa", "--yes", "--format", "json", env=cloud.env).document
    assert addresses(destroyed, "results") == ["function/default/aa"]
    rest = scfdeploy("destroy", tmp_path, "--target", "function/default/bb", "--yes", "--format", "json", env=cloud.env)
    assert addresses(rest.document, "results") == ["function/default/bb"]


def test_target_includes_its_dependencies(tmp_path: Path, cloud: LocalServer) -> None:
    write_function(tmp_path, "aa", ASKS.format(name="bb", value="name"))
    write_function(tmp_path, "bb", "")
    write_function(tmp_path, "cc", "")
    one = ("--target", "function/default/aa", "--format", "json")
    made = scfdeploy("plan", tmp_path, *one, env=cloud.env).document
    assert addresses(made, "changes") == ["function/default/bb", "function/default/aa"]
    given = scfdeploy("plan", tmp_path, *one, "--var", "output:dev:shop:bb.name=other", env=cloud.env).document
    assert addresses(given, "changes") == ["function/default/aa"]
