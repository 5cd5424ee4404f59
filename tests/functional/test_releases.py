"""Versions, aliases and concurrency of the file: created, updated in order, and unchanged if not written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.local_server import LocalServer, local_server
from tests.support.project import write_project

HELLO = "function/default/hello"
PUBLISHED = "concurrency/default/hello/published"
DEFAULT = "alias/default/hello/$DEFAULT"
PROD = "alias/default/hello/prod"
NEXT = {"unknown": f"{HELLO}#version"}


def state(server: LocalServer, kind: str) -> list[dict[str, Any]]:
    """Everything of one kind that the server keeps."""
    return list(server.control("state").get(kind, {}).values())


def versions(server: LocalServer) -> dict[str, str]:
    """The descriptions of the published versions by number."""
    found = {one["FunctionVersion"]: one["VersionDescription"] for one in state(server, "version")}
    return {number: found[number] for number in sorted(found) if number != "$LATEST"}


def alias(server: LocalServer, name: str) -> tuple[str, list[tuple[str, float]]]:
    """Where calls of an alias go."""
    (found,) = (one for one in state(server, "alias") if one["Name"] == name)
    weights = found["RoutingConfig"]["AdditionalVersionWeights"]
    return found["FunctionVersion"], [(entry["Version"], entry["Weight"]) for entry in weights]


def provisioned(server: LocalServer) -> dict[str, int]:
    """Instances kept ready, by version."""
    return {one["Qualifier"]: one["Number"] for one in state(server, "provisioned")}


def planned(folder: Path, server: LocalServer, *options: str) -> dict[str, Any]:
    return scfdeploy("plan", folder, "--format", "json", *options, env=server.env).document


def changes(document: dict[str, Any]) -> dict[str, tuple[str, dict[str, tuple[object, object]]]]:
    """What changes, by address: the action, and before and after of each field but the code."""
    return {
        one["address"]: (
            one["action"],
            {field["path"]: (field["before"], field["after"]) for field in one["fields"] if field["path"] != "src"},
        )
        for one in document["changes"]
        if one["action"] != "no-op"
    }


def deploy(folder: Path, inputs: str, server: LocalServer, *options: str) -> Ran:
    """Apply, and see that there is nothing left to do."""
    applied = scfdeploy("apply", write_project(folder, inputs), "--yes", *options, env=server.env)
    assert applied.exit_code == 0, applied.stderr + applied.stdout
    assert changes(planned(folder, server)) == {}
    return applied


PUBLISH = "  publish: true\n  publishDescription: the first\n"


def test_version_is_published_only_with_changes(tmp_path: Path, cloud: LocalServer) -> None:
    deploy(tmp_path, PUBLISH, cloud)
    deploy(tmp_path, PUBLISH, cloud)
    deploy(tmp_path, PUBLISH.replace("first", "second"), cloud)
    after_words = versions(cloud)
    shown = changes(planned(write_project(tmp_path, PUBLISH + "  memorySize: 256\n"), cloud))
    deploy(tmp_path, PUBLISH.replace("first", "third") + "  memorySize: 256\n", cloud)
    deploy(tmp_path, PUBLISH + "  memorySize: 256\n  tags: {team: blue}\n", cloud)

    assert after_words == {"1": "the first"}
    assert shown == {HELLO: ("update", {"memorySize": (128, 256), "publish": ("1", NEXT)})}
    assert versions(cloud) == {"1": "the first", "2": "the third"}


def test_outputs_contain_version(tmp_path: Path, cloud: LocalServer) -> None:
    first, second = (
        scfdeploy("apply", write_project(tmp_path, PUBLISH), "--yes", "--format", "json", env=cloud.env).document
        for _ in range(2)
    )

    assert first["outputs"]["hello"]["version"] == second["outputs"]["hello"]["version"] == "1"


def test_changed_code_is_published(tmp_path: Path, cloud: LocalServer) -> None:
    deploy(tmp_path, PUBLISH, cloud)
    write_project(tmp_path, PUBLISH, code="def main_handler(event, context):\n    return 2\n")
    scfdeploy("apply", tmp_path, "--yes", env=cloud.env)

    assert list(versions(cloud)) == ["1", "2"]
    assert changes(planned(tmp_path, cloud)) == {}


def test_enabling_publish_publishes_existing_function(tmp_path: Path, cloud: LocalServer) -> None:
    deploy(tmp_path, "  publish: false\n", cloud)
    shown = scfdeploy("plan", write_project(tmp_path, PUBLISH), env=cloud.env).stdout
    deploy(tmp_path, PUBLISH, cloud)

    assert "~ function/default/hello (no version is published yet)" in shown
    assert versions(cloud) == {"1": "the first"}
    assert cloud.writes().count("UpdateFunctionConfiguration") == 0


def test_failed_publish_is_repeated_by_next_apply(tmp_path: Path, cloud: LocalServer) -> None:
    deploy(tmp_path, PUBLISH, cloud)
    cloud.control("faults", [{"action": "PublishVersion", "code": "LimitExceeded.FunctionVersions"}])
    failed = scfdeploy("apply", write_project(tmp_path, PUBLISH + "  timeout: 9\n"), "--yes", env=cloud.env)
    cloud.control("faults", [])

    shown = scfdeploy("plan", tmp_path, env=cloud.env).stdout
    deploy(tmp_path, PUBLISH + "  timeout: 9\n", cloud)

    assert failed.exit_code == 5
    assert "LimitExceeded.FunctionVersions" in failed.stdout
    assert "version 1 differs from the function" in shown
    assert list(versions(cloud)) == ["1", "2"]


def test_lost_response_does_not_publish_twice(tmp_path: Path, cloud: LocalServer) -> None:
    cloud.control("faults", [{"action": "PublishVersion", "times": 1, "drop": "after"}])
    deploy(tmp_path, PUBLISH + "  aliasName: prod\n", cloud)

    assert list(versions(cloud)) == ["1"]
    assert alias(cloud, "prod") == ("1", [])


def test_publishing_is_polled_and_failure_reported(tmp_path: Path) -> None:
    with local_server(activation_s=0.2) as server:
        deploy(tmp_path, PUBLISH + "  aliasName: prod\n", server)
        server.control("faults", [{"action": "PublishVersion", "async_failure": "out of room"}])
        failed = scfdeploy(
            "apply",
            write_project(tmp_path, PUBLISH + "  aliasName: prod\n  timeout: 9\n"),
            "--yes",
            "--format",
            "json",
            env=server.env,
        )

        results = {
            one["address"]: (one["status"], one["error"] and one["error"]["message"])
            for one in failed.document["results"]
        }
        assert results[HELLO] == ("failed", "the function is PublishFailed: out of room")
        assert results[PROD][0] == "skipped"
        assert alias(server, "prod") == ("1", [])


def test_traffic_is_shared_with_the_version_that_is_published(tmp_path: Path, cloud: LocalServer) -> None:
    deploy(tmp_path, "  publish: true\n  traffic: 0.9\n", cloud)
    first = alias(cloud, "$DEFAULT")
    less = changes(planned(write_project(tmp_path, "  publish: true\n  traffic: 0.5\n"), cloud))
    more = changes(planned(write_project(tmp_path, "  publish: true\n  traffic: 0.9\n  timeout: 9\n"), cloud))
    deploy(tmp_path, "  publish: true\n  traffic: 0.9\n  timeout: 9\n", cloud)
    second = alias(cloud, "$DEFAULT")
    deploy(tmp_path, "  publish: true\n  traffic: 0.9\n  lastVersion: 1\n  timeout: 9\n", cloud)
    third = alias(cloud, "$DEFAULT")
    deploy(tmp_path, "  publish: true\n  traffic: 1\n  timeout: 9\n", cloud)

    assert (first, second, third) == (("$LATEST", [("1", 0.1)]), ("$LATEST", [("2", 0.1)]), ("$LATEST", [("1", 0.1)]))
    assert less == {DEFAULT: ("update", {"traffic": (0.9, 0.5)})}
    assert more[DEFAULT] == ("update", {"lastVersion": ("1", NEXT)})
    assert alias(cloud, "$DEFAULT") == ("$LATEST", [])


def test_traffic_shows_remaining_share(tmp_path: Path, cloud: LocalServer) -> None:
    deploy(tmp_path, "  publish: true\n", cloud)

    shown = scfdeploy("plan", write_project(tmp_path, "  traffic: 0.25\n"), env=cloud.env).stdout

    assert (
        "~ alias/default/hello/$DEFAULT (traffic differs; version 1 gets the rest)\n      traffic: 1 -> 0.25" in shown
    )


def test_traffic_without_any_version_is_left_out_with_note(tmp_path: Path, cloud: LocalServer) -> None:
    project = write_project(tmp_path, "  traffic: 0.5\n")
    for _ in range(2):  # as long as no version is published
        applied = scfdeploy("apply", project, "--yes", env=cloud.env)
        assert applied.exit_code == 0
        assert "$DEFAULT: traffic has no effect yet" in applied.stdout
    deploy(tmp_path, "  traffic: 0.5\n  publish: true\n", cloud)
    assert alias(cloud, "$DEFAULT") == ("$LATEST", [("1", 0.5)])


@pytest.mark.parametrize(
    ("inputs", "address"),
    [
        ("  traffic: 0.5\n  lastVersion: '7'\n", DEFAULT),
        ("  publish: true\n  traffic: 0.5\n  lastVersion: '7'\n", DEFAULT),
        ("  publish: true\n  aliasName: prod\n  aliasFunctionVersion: '7'\n", PROD),
        ("  aliasName: prod\n  aliasFunctionVersion: $LATEST\n"
         "  additionalVersionWeights: [{version: '7', weight: 0.1}]\n", PROD),
    ],
)  # fmt: skip
def test_alias_with_missing_version_is_refused_before_anything_is_changed(
    tmp_path: Path, cloud: LocalServer, inputs: str, address: str
) -> None:
    """For a new function, and for one that exists."""
    for existing in (None, "  publish: true\n"):
        if existing is not None:
            deploy(tmp_path, existing, cloud)
        before = cloud.writes()
        ran = scfdeploy(
            "apply", write_project(tmp_path, f"{inputs}  timeout: 9\n"), "--yes", "--format", "json", env=cloud.env
        )
        assert ran.exit_code == 1
        (refused,) = ran.document["refused"]
        assert (refused["address"], refused["rule"]) == (address, "alias-version-unknown")
        assert refused["reason"] == f"routes calls to version 7, which {HELLO} does not have"
        assert ("the newest, 1." in refused["hint"]) == (existing is not None)
        assert cloud.writes() == before


def test_alias_with_version_of_this_apply_is_created(tmp_path: Path, cloud: LocalServer) -> None:
    deploy(tmp_path, "  publish: true\n  aliasName: prod\n  aliasFunctionVersion: '1'\n", cloud)
    deploy(tmp_path, "  publish: true\n  timeout: 9\n  aliasName: prod\n  aliasFunctionVersion: '2'\n", cloud)
    assert alias(cloud, "prod") == ("2", [])


def test_alias_follows_published_version(tmp_path: Path, cloud: LocalServer) -> None:
    deploy(tmp_path, "  publish: true\n  aliasName: prod\n  aliasDescription: for customers\n", cloud)
    shown = changes(planned(write_project(tmp_path, "  publish: true\n  aliasName: prod\n  timeout: 9\n"), cloud))
    deploy(tmp_path, "  publish: true\n  aliasName: prod\n  timeout: 9\n", cloud)

    assert shown[PROD] == ("update", {"aliasFunctionVersion": ("1", NEXT)})
    assert alias(cloud, "prod") == ("2", [])
    (kept,) = (one["Description"] for one in state(cloud, "alias") if one["Name"] == "prod")
    assert kept == "for customers"


def test_versions_of_an_alias_are_written_out_changed_and_cleared(tmp_path: Path, cloud: LocalServer) -> None:
    head = "  publish: true\n  aliasName: prod\n  aliasFunctionVersion: 1\n"
    deploy(tmp_path, "  publish: true\n", cloud)
    deploy(tmp_path, "  publish: true\n  timeout: 9\n", cloud)
    deploy(tmp_path, head + "  timeout: 9\n  additionalVersionWeights: [{version: 2, weight: 0.25}]\n", cloud)
    first = alias(cloud, "prod")
    deploy(tmp_path, head + "  timeout: 9\n", cloud)
    left = alias(cloud, "prod")
    deploy(tmp_path, head + "  timeout: 9\n  additionalVersionWeights: [{version: 2, weight: 0}]\n", cloud)
    none = alias(cloud, "prod")
    shown = changes(planned(write_project(tmp_path, head.replace("n: 1", "n: 2") + "  timeout: 9\n"), cloud))

    assert (first, left, none) == (("1", [("2", 0.25)]), ("1", [("2", 0.25)]), ("1", []))
    assert shown == {PROD: ("update", {"aliasFunctionVersion": ("1", "2")})}


def test_new_main_version_clears_unwritten_weights(tmp_path: Path, cloud: LocalServer) -> None:
    head = "  publish: true\n  aliasName: prod\n  timeout: 9\n"
    deploy(tmp_path, "  publish: true\n", cloud)
    deploy(tmp_path, "  publish: true\n  timeout: 9\n", cloud)
    shared = "  aliasFunctionVersion: 1\n  additionalVersionWeights: [{version: 2, weight: 0.25}]\n"
    deploy(tmp_path, head + shared, cloud)

    shown = changes(planned(write_project(tmp_path, head), cloud))
    deploy(tmp_path, head, cloud)

    assert shown[PROD][1]["additionalVersionWeights"] == ([{"version": "2", "weight": 0.25}], None)
    assert alias(cloud, "prod") == ("2", [])


def test_trigger_of_an_alias_waits_for_it(tmp_path: Path, cloud: LocalServer) -> None:
    timer = (
        '  events:\n    - timer: {parameters: {name: t, cronExpression: "0 0 2 * * * *", enable: true, '
        "qualifier: prod}}\n"
    )
    deploy(tmp_path, PUBLISH + "  aliasName: prod\n" + timer, cloud)

    writes = cloud.writes()
    assert writes.index("CreateAlias") < writes.index("CreateTrigger")


def test_target_alias_includes_its_version(tmp_path: Path, cloud: LocalServer) -> None:
    deploy(tmp_path, PUBLISH + "  aliasName: prod\n", cloud)
    write_project(tmp_path, PUBLISH + "  aliasName: prod\n  timeout: 9\n")

    document = planned(tmp_path, cloud, "--target", PROD)

    assert list(changes(document)) == [HELLO, PROD]


def test_destroy_deletes_versions_aliases_and_provisioned_instances(tmp_path: Path, cloud: LocalServer) -> None:
    deploy(tmp_path, PUBLISH + "  aliasName: prod\n  provisionedNum: 1\n  traffic: 0.9\n", cloud)

    destroyed = scfdeploy("destroy", tmp_path, "--yes", env=cloud.env)

    assert destroyed.exit_code == 0, destroyed.stdout
    assert not {"function", "version", "alias", "provisioned"} & cloud.control("state").keys()


def test_function_that_is_replaced_gets_its_aliases_back(tmp_path: Path, cloud: LocalServer) -> None:
    inputs = PUBLISH + "  aliasName: prod\n  provisionedNum: 1\n"
    deploy(tmp_path, inputs, cloud)
    file = write_project(tmp_path, inputs) / "serverless.yml"
    file.write_text(file.read_text().replace("Python3.10", "Python3.9"))

    applied = scfdeploy("apply", tmp_path, "--yes", env=cloud.env)

    assert applied.exit_code == 0, applied.stdout
    assert (alias(cloud, "prod"), provisioned(cloud)) == (("1", []), {"1": 1})
    assert changes(planned(tmp_path, cloud)) == {}


def test_provisioned_instances_follow_published_version(tmp_path: Path) -> None:
    with local_server(activation_s=0.1) as server:
        deploy(tmp_path, "  provisionedNum: 2\n  aliasName: prod\n", server)
        shown = changes(
            planned(write_project(tmp_path, "  provisionedNum: 3\n  aliasName: prod\n  timeout: 9\n"), server)
        )
        deploy(tmp_path, "  provisionedNum: 3\n  aliasName: prod\n  timeout: 9\n", server)

        assert shown[PUBLISHED] == ("update", {"provisionedNum": (2, 3), "qualifier": ("1", NEXT)})
        assert shown["concurrency/default/hello/1"] == ("delete", {"provisionedNum": (2, None)})
        assert (alias(server, "prod"), provisioned(server)) == (("2", []), {"2": 3})
        order = [one for one in server.writes() if one.endswith(("Alias", "ConcurrencyConfig", "PublishVersion"))]
        assert order[-4:] == [
            "PublishVersion",
            "PutProvisionedConcurrencyConfig",
            "UpdateAlias",
            "DeleteProvisionedConcurrencyConfig",
        ]


def test_provisioned_instances_stay_while_alias_uses_version(tmp_path: Path, cloud: LocalServer) -> None:
    deploy(tmp_path, "  provisionedNum: 2\n  aliasName: prod\n  aliasFunctionVersion: 1\n  publish: true\n", cloud)
    deploy(tmp_path, "  provisionedNum: 2\n  timeout: 9\n", cloud)
    left = planned(tmp_path, cloud)["leftAlone"]
    deploy(tmp_path, "  provisionedNum: 2\n  timeout: 9\n", cloud, "--prune")

    assert [one["address"] for one in left] == ["concurrency/default/hello/1"]
    assert provisioned(cloud) == {"2": 2}


def test_provisioned_instances_are_created_updated_and_deleted(tmp_path: Path, cloud: LocalServer) -> None:
    head = "  publish: true\n  qualifier: 1\n"
    deploy(tmp_path, head + "  provisionedNum: 2\n", cloud)
    shown = changes(planned(write_project(tmp_path, head + "  provisionedNum: 1\n"), cloud))
    deploy(tmp_path, head + "  provisionedNum: 1\n", cloud)
    some = provisioned(cloud)
    deploy(tmp_path, "  publish: true\n", cloud)
    unwritten = provisioned(cloud)
    deploy(tmp_path, head + "  provisionedNum: 0\n", cloud)

    assert shown == {"concurrency/default/hello/1": ("update", {"provisionedNum": (2, 1)})}
    assert (some, unwritten, provisioned(cloud)) == ({"1": 1}, {"1": 1}, {})


def test_external_provisioning_schedule_is_kept(tmp_path: Path, cloud: LocalServer) -> None:
    from tests.support.cloud import client_of

    deploy(tmp_path, "  publish: true\n  qualifier: 1\n  provisionedNum: 2\n", cloud)
    night = {"TriggerName": "night", "TriggerProvisionedConcurrencyNum": 5, "TriggerCronConfig": "0 0 2 * * * *"}
    params = {"FunctionName": "hello", "Qualifier": "1", "VersionProvisionedConcurrencyNum": 2}
    client_of(cloud.url).write("PutProvisionedConcurrencyConfig", {**params, "TriggerActions": [night]})
    deploy(tmp_path, "  publish: true\n  qualifier: 1\n  provisionedNum: 3\n", cloud)

    (kept,) = state(cloud, "provisioned")
    assert (kept["Number"], [action["TriggerName"] for action in kept["TriggerActions"]]) == (3, ["night"])


def test_failed_instances_are_reported_and_alias_is_kept(tmp_path: Path, cloud: LocalServer) -> None:
    deploy(tmp_path, "  provisionedNum: 1\n  aliasName: prod\n", cloud)
    cloud.control("faults", [{"action": "PutProvisionedConcurrencyConfig", "async_failure": "no room"}])
    write_project(tmp_path, "  provisionedNum: 1\n  aliasName: prod\n  timeout: 9\n")

    applied = scfdeploy("apply", tmp_path, "--yes", env=cloud.env)

    assert applied.exit_code == 5
    assert "no room" in applied.stdout
    assert alias(cloud, "prod") == ("1", [])


@pytest.mark.parametrize("first", [1280, 0])
def test_concurrency_is_reserved_changed_and_ended(first: int, tmp_path: Path) -> None:
    with local_server(activation_s=0.1) as server:
        address = "concurrency/default/hello"
        deploy(tmp_path, f"  reservedConcurrencyMem: {first}\n", server)
        shown = changes(planned(write_project(tmp_path, "  reservedConcurrencyMem: 640\n"), server))
        deploy(tmp_path, "  reservedConcurrencyMem: 640\n", server)
        deploy(tmp_path, "", server)
        (kept,) = (one["reserved_mb"] for one in state(server, "function"))
        deploy(tmp_path, "  reservedConcurrencyMem: -1\n", server)
        (ended,) = (one["reserved_mb"] for one in state(server, "function"))

        assert shown == {address: ("update", {"reservedConcurrencyMem": (first, 640)})}
        assert (kept, ended) == (640, None)


def test_reserved_memory_grows_before_instances_and_shrinks_after(tmp_path: Path, cloud: LocalServer) -> None:
    head = "  publish: true\n  qualifier: 1\n"
    deploy(tmp_path, head + "  reservedConcurrencyMem: 256\n  provisionedNum: 2\n", cloud)
    deploy(tmp_path, head + "  reservedConcurrencyMem: 512\n  provisionedNum: 4\n", cloud)
    deploy(tmp_path, head + "  reservedConcurrencyMem: 128\n  provisionedNum: 1\n", cloud)

    assert provisioned(cloud) == {"1": 1}


def test_unused_features_are_not_queried(tmp_path: Path, cloud: LocalServer) -> None:
    deploy(tmp_path, "", cloud)

    looked = {"ListVersionByFunction", "ListAliases", "GetProvisionedConcurrencyConfig", "GetReservedConcurrencyConfig"}
    assert not looked & set(cloud.calls())


def test_saved_plan_is_rejected_after_another_publish(tmp_path: Path, cloud: LocalServer) -> None:
    from tests.support.cloud import client_of

    inputs = "  publish: true\n  aliasName: prod\n"
    deploy(tmp_path, inputs, cloud)
    write_project(tmp_path, inputs + "  timeout: 9\n")
    file = tmp_path / "plan.json"
    scfdeploy("plan", tmp_path, "--out", file, env=cloud.env)
    applied = scfdeploy("apply", "--plan", file, "--yes", env=cloud.env)
    write_project(tmp_path, inputs + "  timeout: 8\n")
    scfdeploy("plan", tmp_path, "--out", file, env=cloud.env)
    client_of(cloud.url).write("PublishVersion", {"FunctionName": "hello"})
    late = scfdeploy("apply", "--plan", file, "--yes", env=cloud.env)

    assert applied.exit_code == 0, applied.stderr
    assert alias(cloud, "prod") == ("2", [])
    assert late.exit_code == 1
    assert "versions" in late.stderr
