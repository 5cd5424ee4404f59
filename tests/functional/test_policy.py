"""`policy` allows every action that plan, apply and destroy call, by the server's log, and few others."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest

from scfdeploy.facts.permissions import policy_actions
from tests.support.command import scfdeploy
from tests.support.instances import write_function, write_layer
from tests.support.local_server import LocalServer, local_server
from tests.support.project import HANDLER, TIMER, write_project

URL = "  events:\n    - http: {parameters: {authType: %s}}\n"
CLB = "{loadBalanceId: lb-l6golr1k, protocol: HTTPS, port: 443, domain: a.example.com, url: /shop, weight: %d}"
ALIAS = "  publish: true\n  aliasName: prod\n  traffic: 0.9\n"
DOMAIN = "  customDomains:\n    - {domain: a.example.com, protocols: [http], routes: [{path: %s}]}\n"
CKAFKA = "{name: ckafka-1, topic: orders, maxMsgNum: %d, enable: true}"
EVENTS = f"""\
{TIMER}    - cos:
        parameters:
          bucket: pictures-1300000001.cos.ap-guangzhou.myqcloud.com
          events: cos:ObjectCreated:*
          enable: %s
    - ckafka: {{parameters: {CKAFKA}}}
    - cmq: {{parameters: {{name: topic, enable: true}}}}
"""
PROJECTS: Mapping[str, Sequence[str]] = {
    "settings": (
        "  memorySize: 128\n  tags: {team: a}\n",
        "  memorySize: 256\n  tags: {team: b}\n",
        "  memorySize: 256\n  runtime: Python3.9\n",
    ),
    "namespace": ("  namespace: shop\n", "  namespace: shop\n  timeout: 9\n"),
    "asynchronous": ("  msgTTL: 3600\n  retryNum: 1\n", "  msgTTL: 7200\n  retryNum: 1\n"),
    "release": (ALIAS, ALIAS + "  memorySize: 256\n"),
    "concurrency": (
        "  publish: true\n  provisionedNum: 1\n  reservedConcurrencyMem: 1024\n",
        "  memorySize: 256\n  publish: true\n  provisionedNum: 0\n  reservedConcurrencyMem: -1\n",
    ),
    "triggers": (EVENTS % ("true", 10), EVENTS % ("false", 20), ""),
    "domains": (URL % "CAM" + DOMAIN % "/*", URL % "NONE" + DOMAIN % "/a", URL % "NONE"),
    "load balancer": (
        f"  events:\n    - clb: {{parameters: {CLB % 10}}}\n",
        f"  events:\n    - clb: {{parameters: {CLB % 20}}}\n",
    ),
    "logs": ("  events:\n    - cls: {parameters: {topicId: topic-1, enable: true}}\n",),
    "media": ("  events:\n    - mps: {parameters: {type: WorkflowTask, enable: true}}\n",),
}
"""The further lines of `inputs`, version by version: created, updated, replaced, removed."""
RUNTIME = "  runtime: Python3.10\n"


class Comparison:
    """The actions that commands called, and those that their policies allow."""

    def __init__(self) -> None:
        self.called: set[str] = set()
        self.allowed: set[str] = set()
        self.missing: list[str] = []

    def run(self, cloud: LocalServer, command: str, folder: Path, *options: str) -> None:
        allowed = policy(folder, command, *options)
        cloud_calls = len(cloud.control("calls")["calls"])
        ran = scfdeploy(command, folder, *options, *(() if command == "plan" else ("--yes",)), env=cloud.env)
        assert ran.exit_code == 0, f"{command}: {ran.stdout}{ran.stderr}"
        called = names(cloud.control("calls")["calls"][cloud_calls:])
        self.called |= called
        self.allowed |= allowed
        self.missing += [f"{command} of {folder.name}: {name}" for name in sorted(called - allowed)]


def policy(folder: Path, command: str, *options: str) -> set[str]:
    """The actions that the policy for a command allows."""
    ran = scfdeploy("policy", folder, "--for", command, *options)
    assert ran.exit_code == 0, ran.stderr
    document = json.loads(ran.stdout)
    assert document["version"] == "2.0"
    assert all(statement["effect"] == "allow" and statement["resource"] for statement in document["statement"])
    return {action for statement in document["statement"] for action in statement["action"]}


def names(calls: Iterable[Mapping[str, str]]) -> set[str]:
    """The names of called actions in CAM; an action that the table does not have keeps its own."""
    known = policy_actions()
    found = ((call["product"], call["action"]) for call in calls)
    return {known[key].cam if key in known else ":".join(key) for key in found}


def run_versions(comparison: Comparison, folder: Path, versions: Sequence[str]) -> None:
    with local_server() as cloud:
        for number, inputs in enumerate(versions):
            write_project(folder, inputs=inputs, code=f"{HANDLER}# version {number}\n")
            if "runtime:" in inputs:
                file = folder / "serverless.yml"
                file.write_text(file.read_text().replace(RUNTIME, "", 1))
            comparison.run(cloud, "plan", folder)
            comparison.run(cloud, "apply", folder, "--prune")
        comparison.run(cloud, "destroy", folder)


def run_layers(comparison: Comparison, folder: Path) -> None:
    with local_server() as cloud:
        write_function(write_layer(folder))
        comparison.run(cloud, "apply", folder)
        write_layer(folder, answer=43)
        scfdeploy("plan", folder, env=cloud.env)
        comparison.run(cloud, "apply", folder)
        comparison.run(cloud, "destroy", folder)


def run_large_code(comparison: Comparison, folder: Path) -> None:
    write_project(folder)
    (folder / "src/large.bin").write_bytes(random.Random(1).randbytes(8 << 20))
    with local_server() as cloud:
        comparison.run(cloud, "apply", folder)
        comparison.run(cloud, "destroy", folder)


def test_policies_contain_every_called_action_and_only_these(tmp_path: Path) -> None:
    comparison = Comparison()
    for name, versions in PROJECTS.items():
        run_versions(comparison, tmp_path / name, versions)
    run_layers(comparison, tmp_path / "layers")
    run_large_code(comparison, tmp_path / "large")

    assert comparison.missing == []
    conditional = {action.cam for action in policy_actions().values() if action.when}
    assert comparison.allowed - comparison.called - conditional == set()
    assert {action.cam for action in policy_actions().values()} - conditional <= comparison.called


def test_functions_are_named_in_resources(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "shop", inputs="  namespace: prod\n  role: SCF_Role\n")

    statements = json.loads(scfdeploy("policy", folder).stdout)["statement"]

    by_action = {action: statement["resource"] for statement in statements for action in statement["action"]}
    assert by_action["scf:CreateFunction"] == ["qcs::scf:ap-guangzhou::namespace/prod/function/hello"]
    assert by_action["scf:ListFunctions"] == ["*"]
    assert by_action["cam:PassRole"] == ["qcs::cam::uin/*:roleName/SCF_Role"]
    assert all("cos:" not in action for action in by_action)


def test_prune_allows_all_functions_of_the_namespace(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "shop")

    statements = json.loads(scfdeploy("policy", folder, "--prune").stdout)["statement"]

    [resources] = [one["resource"] for one in statements if "scf:DeleteFunction" in one["action"]]
    assert resources == ["qcs::scf:ap-guangzhou::namespace/default/function/*"]


@pytest.mark.parametrize(
    ("app_id", "expected"),
    [
        ("1300000001", ["qcs::cos:ap-guangzhou:uid/1300000001:scfdeploy-code-ap-guangzhou-1300000001/scfdeploy/*"]),
        ("", ["*"]),
    ],
)
def test_bucket_is_named_if_the_app_id_is_known(tmp_path: Path, app_id: str, expected: list[str]) -> None:
    folder = write_project(tmp_path / "shop")
    (folder / "src/large.bin").write_bytes(random.Random(1).randbytes(8 << 20))

    shown = scfdeploy("policy", folder, env={"TENCENT_APP_ID": app_id}).stdout

    [resources] = [one["resource"] for one in json.loads(shown)["statement"] if "cos:PutObject" in one["action"]]
    assert resources == expected


def test_stderr_explains_each_statement_and_json_has_the_policy(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "shop")

    text = scfdeploy("policy", folder)
    shown = scfdeploy("policy", folder, "--format", "json").document

    statements = json.loads(text.stdout)["statement"]
    assert shown["policy"]["statement"] == statements
    assert [one["actions"] for one in shown["statements"]] == [one["action"] for one in statements]
    assert f"statement {len(statements)}:" in text.stderr


def test_policy_of_a_project_with_a_role_belongs_to_the_role(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "shop")
    without = scfdeploy("policy", folder)
    role = "qcs::cam::uin/100000000001:roleName/deploy"
    (folder / "scfdeploy.toml").write_text(f'role = "{role}"\n')

    text = scfdeploy("policy", folder)

    assert "sts:AssumeRole" not in without.stderr
    assert text.stdout == without.stdout
    assert f"attach this policy to {role}. Your own keys only need sts:AssumeRole" in text.stderr
    assert scfdeploy("policy", folder, "--format", "json").document["role"] == role


def test_errors_in_the_file_end_without_a_policy(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "shop", inputs="  memorySize: 100\n")

    ran = scfdeploy("policy", folder)

    assert (ran.exit_code, ran.stdout) == (3, "")
    assert "memory-step" in ran.stderr
