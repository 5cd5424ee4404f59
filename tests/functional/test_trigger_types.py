"""The life of every trigger type on the command line: created, unchanged, updated, deleted."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.command import Ran, scfdeploy
from tests.support.emulator import Cloud
from tests.support.local_server import LocalServer
from tests.support.project import write_project

BUCKET = "photos-1300000001.cos.ap-guangzhou.myqcloud.com"
LIST = "  events:\n"


class Life(NamedTuple):
    """A trigger, the address it has, the same changed, and the calls that make, change and destroy it."""

    first: str
    address: str
    second: str
    makes: tuple[str, ...]
    changes: tuple[str, ...]
    action: str
    destroys: tuple[str, ...] = ()


def item(kind: str, **parameters: object) -> str:
    lines = [f"          {name}: {value}" for name, value in parameters.items()]
    return "\n".join([f"    - {kind}:", "        parameters:", *lines, ""])


COS = {"bucket": BUCKET, "events": "cos:ObjectCreated:Put"}
KAFKA = {"name": "ckafka-8tfxzia3", "topic": "orders"}
CLB = {"loadBalanceId": "lb-l6golr1k", "protocol": "HTTPS", "port": 443, "domain": "a.example.com", "url": "/shop"}
BALANCED = "clb/lb-l6golr1k/HTTPS:443/a.example.com/shop"
LIVES = {
    "cos": Life(
        item("cos", **COS, filter="{prefix: raw/, suffix: .jpg}", enable="true"),
        f"cos/{BUCKET}:ObjectCreated:Put:raw/:.jpg",
        item("cos", **COS, filter="{prefix: raw/, suffix: .jpg}", enable="false"),
        ("CreateTrigger",),
        ("UpdateTriggerStatus",),
        "update",
    ),
    "cos qualifier": Life(
        item("cos", **COS, enable="true"),
        f"cos/{BUCKET}:ObjectCreated:Put",
        item("cos", **COS, enable="true", qualifier="$LATEST"),
        ("CreateTrigger",),
        ("DeleteTrigger", "CreateTrigger"),
        "replace",
    ),
    "cmq": Life(
        item("cmq", name="orders", filterType=1, filterKey="[new, paid]", enable="true"),
        "cmq/orders",
        item("cmq", name="orders", filterType=2, filterKey="[new.*]", enable="true"),
        ("CreateTrigger",),
        ("DeleteTrigger", "CreateTrigger"),
        "replace",
    ),
    "ckafka": Life(
        item("ckafka", **KAFKA, maxMsgNum=7, offset="earliest", retry=3, timeout=5, enable="true"),
        "ckafka/ckafka-8tfxzia3-orders",
        item("ckafka", **KAFKA, maxMsgNum=8, offset="earliest", retry=3, timeout=6, enable="true"),
        ("CreateTrigger",),
        ("UpdateTrigger",),
        "update",
    ),
    "ckafka switch": Life(
        item("ckafka", **KAFKA, enable="true"),
        "ckafka/ckafka-8tfxzia3-orders",
        item("ckafka", **KAFKA, enable="false"),
        ("CreateTrigger",),
        ("UpdateTriggerStatus",),
        "update",
    ),
    "ckafka offset": Life(
        item("ckafka", **KAFKA, offset="latest", enable="true"),
        "ckafka/ckafka-8tfxzia3-orders",
        item("ckafka", **KAFKA, offset="1700000000000", enable="true"),
        ("CreateTrigger",),
        ("DeleteTrigger", "CreateTrigger"),
        "replace",
    ),
    "timer switch": Life(
        item("timer", name="tick", cronExpression='"0 0 2 * * * *"', enable="true"),
        "timer/tick",
        item("timer", name="tick", cronExpression='"0 0 2 * * * *"', enable="false"),
        ("CreateTrigger",),
        ("UpdateTriggerStatus",),
        "update",
    ),
    "timer switch and more": Life(
        item("timer", name="tick", cronExpression='"0 0 2 * * * *"', enable="true"),
        "timer/tick",
        item("timer", name="tick", cronExpression='"0 0 3 * * * *"', enable="false"),
        ("CreateTrigger",),
        ("UpdateTrigger",),
        "update",
    ),
    "cls": Life(
        item("cls", topicId="7953cd3d-993f-4813", maxWait=30, maxSize=50, enable="true"),
        "cls/7953cd3d-993f-4813",
        item("cls", topicId="7953cd3d-993f-4813", maxWait=40, maxSize=50, enable="true"),
        ("CreateDeliverCloudFunction",),
        ("DeleteTrigger", "CreateDeliverCloudFunction"),
        "replace",
        ("DeleteTrigger",),
    ),
    "mps": Life(
        item("mps", type="WorkflowTask", enable="true"),
        "mps/WorkflowTask",
        item("mps", type="WorkflowTask", enable="true", qualifier="$LATEST"),
        ("BindTrigger",),
        ("UnbindTrigger", "BindTrigger"),
        "replace",
        ("UnbindTrigger",),
    ),
    "clb": Life(
        item("clb", **CLB, weight=20, enable="true"),
        BALANCED,
        item("clb", **CLB, weight=30, enable="true"),
        ("CreateRule", "RegisterFunctionTargets"),
        ("ModifyFunctionTargets",),
        "update",
        ("DeregisterFunctionTargets",),
    ),
    "clb qualifier": Life(
        item("clb", **CLB),
        BALANCED,
        item("clb", **CLB, qualifier="$LATEST"),
        ("CreateRule", "RegisterFunctionTargets"),
        ("DeregisterFunctionTargets", "RegisterFunctionTargets"),
        "replace",
        ("DeregisterFunctionTargets",),
    ),
}


def run(cloud: LocalServer, command: str, folder: Path, *options: str, code: int = 0) -> Ran:
    found = scfdeploy(command, folder, *options, "--endpoint", cloud.url)
    assert found.exit_code == code, found.stdout + found.stderr
    return found


def apply(cloud: LocalServer, folder: Path, code: int = 0) -> Ran:
    return run(cloud, "apply", folder, "--yes", code=code)


def plan(cloud: LocalServer, folder: Path) -> dict[str, str]:
    """What a plan would do, by address without the function's part."""
    changes = run(cloud, "plan", folder, "--format", "json").document["changes"]
    return {
        change["address"].removeprefix("trigger/default/hello/"): change["action"]
        for change in changes
        if change["action"] != "no-op"
    }


def triggers(cloud: LocalServer, folder: Path) -> list[dict[str, Any]]:
    (function,) = run(cloud, "status", folder, "--format", "json").document["functions"]
    found: list[dict[str, Any]] = function["triggers"]
    return found


@pytest.mark.parametrize("life", LIVES.values(), ids=LIVES)
def test_trigger_is_made_changed_and_removed(cloud: LocalServer, tmp_path: Path, life: Life) -> None:
    folder = write_project(tmp_path, LIST + life.first)
    apply(cloud, folder)
    assert cloud.writes() == ["CreateFunction", *life.makes]
    assert plan(cloud, folder) == {}
    (shown,) = triggers(cloud, folder)
    assert shown["address"] == f"trigger/default/hello/{life.address}"
    assert shown["qualifier"] == "$DEFAULT"

    write_project(folder, LIST + life.second)
    assert plan(cloud, folder) == {life.address: life.action}
    before = len(cloud.writes())
    apply(cloud, folder)
    assert cloud.writes()[before:] == list(life.changes)
    assert plan(cloud, folder) == {}

    before = len(cloud.writes())
    run(cloud, "destroy", folder, "--yes")
    assert cloud.writes()[before:] == [*life.destroys, "DeleteFunction"]


@pytest.mark.parametrize("kind", ["cos", "cmq", "ckafka", "timer switch"])
def test_owned_trigger_removed_from_file_is_deleted(cloud: LocalServer, tmp_path: Path, kind: str) -> None:
    folder = write_project(tmp_path, LIST + LIVES[kind].first)
    apply(cloud, folder)
    write_project(folder)
    assert plan(cloud, folder) == {LIVES[kind].address: "delete"}
    apply(cloud, folder)
    assert triggers(cloud, folder) == []


@pytest.mark.parametrize("kind", ["cls", "mps", "clb"])
def test_unowned_trigger_removed_from_file_is_kept(cloud: LocalServer, tmp_path: Path, kind: str) -> None:
    folder = write_project(tmp_path, LIST + LIVES[kind].first)
    apply(cloud, folder)
    write_project(folder)
    shown = run(cloud, "plan", folder, "--prune")
    assert "cannot have an ownership tag" in shown.stdout
    assert "0 to delete" in shown.stdout or "to delete" not in shown.stdout
    before = len(cloud.writes())
    run(cloud, "destroy", folder, "--yes")
    assert cloud.writes()[before:] == ["DeleteFunction"]


def test_two_rules_on_one_bucket_are_two_triggers(cloud: LocalServer, tmp_path: Path) -> None:
    made, removed = item("cos", **COS, enable="true"), item("cos", bucket=BUCKET, events="cos:ObjectRemove:*")
    folder = write_project(tmp_path, LIST + made + removed)
    apply(cloud, folder)
    assert plan(cloud, folder) == {}
    assert len(triggers(cloud, folder)) == 2
    write_project(folder, LIST + removed)
    assert plan(cloud, folder) == {f"cos/{BUCKET}:ObjectCreated:Put": "delete"}
    apply(cloud, folder)
    assert [shown["events"] for shown in triggers(cloud, folder)] == ["cos:ObjectRemove:*"]


def test_changed_rule_is_deleted_before_recreation(cloud: LocalServer, tmp_path: Path) -> None:
    folder = write_project(tmp_path, LIST + item("cos", **COS, enable="true"))
    apply(cloud, folder)
    write_project(folder, LIST + item("cos", bucket=BUCKET, events="cos:ObjectCreated:*", enable="true"))
    apply(cloud, folder)
    assert cloud.writes()[-2:] == ["DeleteTrigger", "CreateTrigger"]
    assert plan(cloud, folder) == {}


def test_rule_moves_from_one_function_to_another(cloud: LocalServer, tmp_path: Path) -> None:
    rule = LIST + item("cos", **COS, enable="true")
    write_project(tmp_path / "one", rule, name="one")
    write_project(tmp_path / "two", name="two")
    apply(cloud, tmp_path)
    write_project(tmp_path / "one", name="one")
    write_project(tmp_path / "two", rule, name="two")
    apply(cloud, tmp_path)
    assert cloud.writes()[-2:] == ["DeleteTrigger", "CreateTrigger"]


def test_manual_cos_trigger_is_adopted_without_a_gap(cloud: LocalServer, tmp_path: Path) -> None:
    folder = write_project(tmp_path)
    apply(cloud, folder)
    rule = '{"event":"cos:ObjectCreated:Put","filter":{"Prefix":"raw/","Suffix":".jpg"},"bucketUrl":"x"}'
    by_hand = {"TriggerName": BUCKET, "Type": "cos", "TriggerDesc": rule, "Qualifier": "$DEFAULT"}
    Cloud(cloud.url).call("CreateTrigger", FunctionName="hello", **by_hand)
    write_project(folder, LIST + LIVES["cos"].first)
    assert plan(cloud, folder) == {}


def test_lost_response_of_switch_is_verified_not_repeated(cloud: LocalServer, tmp_path: Path) -> None:
    folder = write_project(tmp_path, LIST + LIVES["ckafka switch"].first)
    apply(cloud, folder)
    write_project(folder, LIST + LIVES["ckafka switch"].second)
    cloud.control("faults", [{"action": "UpdateTriggerStatus", "times": 1, "drop": "after"}])
    apply(cloud, folder)
    assert cloud.writes().count("UpdateTriggerStatus") == 1
    assert plan(cloud, folder) == {}


def test_lost_response_of_other_product_is_verified(cloud: LocalServer, tmp_path: Path) -> None:
    body = LIVES["cls"].first + LIVES["mps"].first + LIVES["clb"].first
    folder = write_project(tmp_path, LIST + body)
    actions = ("CreateDeliverCloudFunction", "BindTrigger", "CreateRule", "RegisterFunctionTargets")
    cloud.control("faults", [{"action": name, "times": 1, "drop": "after"} for name in actions])
    apply(cloud, folder)
    assert sorted(cloud.writes()) == sorted(["CreateFunction", *actions])
    assert plan(cloud, folder) == {}


def test_function_that_is_replaced_gets_its_triggers_again(cloud: LocalServer, tmp_path: Path) -> None:
    body = LIST + "".join(LIVES[kind].first for kind in ("cos", "cmq", "ckafka", "cls", "mps", "clb"))
    folder = write_project(tmp_path, body)
    apply(cloud, folder)
    text = (folder / "serverless.yml").read_text("utf-8")
    (folder / "serverless.yml").write_text(text.replace("Python3.10", "Python3.9"), "utf-8")
    apply(cloud, folder)
    assert plan(cloud, folder) == {}
    assert len(triggers(cloud, folder)) == 6


def test_missing_listener_is_reported(cloud: LocalServer, tmp_path: Path) -> None:
    cloud.control("faults", [{"action": "DescribeListeners", "code": "InvalidParameter.LBIdNotFound"}])
    folder = write_project(tmp_path, LIST + LIVES["clb"].first)
    failed = apply(cloud, folder, code=5)
    assert "InvalidParameter.LBIdNotFound" in failed.stdout + failed.stderr
