from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

import pytest

from scfdeploy.emulator import Server, Settings
from scfdeploy.emulator.messages import Request, Response
from scfdeploy.model import Address, Owner
from scfdeploy.model.code import DeployedCode
from scfdeploy.plan import Action, Change
from scfdeploy.providers.base import Query
from tests.support.cloud import EVENT, OWNER, Deployment
from tests.support.local_server import LocalServer

HELLO = Address.of_function("default", "hello")
TIMER = HELLO.trigger("timer", "tick")


def named(count: int) -> list[Address]:
    return [Address.of_function("default", f"hello{n:02}") for n in range(count)]


def deploy(deployment: Deployment, *functions: Address, owner: Owner = OWNER) -> None:
    for function in functions:
        deployment.pack(function)
    outcomes = deployment.apply(
        *(Change(function, Action.CREATE, "new", settings=EVENT, owner=owner) for function in functions)
    )
    assert [outcome.error for outcome in outcomes] == [None] * len(functions)


def reads(deployment: Deployment, look: object) -> Counter[str]:
    before = Counter(deployment.cloud.calls)
    assert callable(look)
    look()
    return deployment.cloud.calls - before


def test_one_unchanged_function_with_a_timer_takes_four_reads(deployment: Deployment) -> None:
    deploy(deployment, HELLO)
    deployment.apply(Change(TIMER, Action.CREATE, "new", settings={"cronExpression": "0 */5 * * * * *"}, owner=OWNER))
    made = reads(deployment, lambda: deployment.observe(HELLO))
    assert made == Counter(GetFunction=1, ListTriggers=1, GetFunctionAddress=1, ListFunctions=1)


class HoldingServer(Server):
    """Answers GetFunction only after the triggers are asked for."""

    def __init__(self) -> None:
        super().__init__(settings=Settings(activation_s=0.0))
        self.is_holding = False
        self.has_listed = threading.Event()

    def _handle(self, request: Request) -> Response:
        match request.headers.get("x-tc-action"):
            case "ListTriggers":
                self.has_listed.set()
            case "GetFunction" if self.is_holding and not self.has_listed.wait(30):
                raise AssertionError("the triggers are read after the function")
        return super()._handle(request)


def test_parts_of_a_known_function_are_read_together(tmp_path: Path) -> None:
    with HoldingServer() as server:
        deployment = Deployment.on(LocalServer(server.url), tmp_path)
        deploy(deployment, HELLO)
        known = {"lam-00000000": DeployedCode("", 1, "")}
        server.is_holding = True
        observed = deployment.cloud.observe(Query((HELLO,), known_code=known))
        assert observed.resources[HELLO].state == "Active"


def test_a_function_that_does_not_exist_takes_two_reads(deployment: Deployment) -> None:
    assert reads(deployment, lambda: deployment.observe(HELLO)).total() == 2


def test_the_hash_is_asked_for_only_when_it_is_wanted(deployment: Deployment) -> None:
    deploy(deployment, HELLO)
    made = reads(deployment, lambda: deployment.cloud.observe(Query((HELLO,), code=False)))
    assert made == Counter(GetFunction=1, ListTriggers=1)


def test_many_functions_that_do_not_exist_take_one_read(deployment: Deployment) -> None:
    assert reads(deployment, lambda: deployment.observe(*named(20))) == Counter(ListFunctions=1)


def test_namespaces_are_listed_once(deployment: Deployment) -> None:
    deploy(deployment, HELLO)
    query = Query((HELLO,), code=False, app="shop", stage="dev", namespaces=("default", "other"), mounts=True)
    assert reads(deployment, lambda: deployment.cloud.observe(query))["ListNamespaces"] == 1
    seen = deployment.cloud.observe(query).resources
    assert Address.of_namespace("default") in seen
    assert Address.of_namespace("other") not in seen


def test_only_existing_functions_are_read(deployment: Deployment) -> None:
    functions = named(12)
    deploy(deployment, *functions[:2])
    made = reads(deployment, lambda: deployment.observe(*functions))
    assert made == Counter(ListFunctions=1, GetFunction=2, ListTriggers=2, GetFunctionAddress=2)
    assert list(deployment.observe(*functions).resources) == functions[:2]


@pytest.mark.parametrize("asked", [1, 8])
def test_unlisted_owned_functions_are_observed(deployment: Deployment, asked: int) -> None:
    functions = named(asked)
    stray, foreign = Address.of_function("default", "stray"), Address.of_function("default", "foreign")
    deploy(deployment, functions[0], stray)
    deploy(deployment, foreign, owner=Owner(OWNER.app, "prod", OWNER.instance))
    found = deployment.observe(*functions).unlisted
    assert [(resource.address, resource.owner) for resource in found] == [(stray, OWNER)]


def test_lists_of_several_pages_are_read_to_their_end(deployment: Deployment) -> None:
    functions = named(8)
    strays = [Address.of_function("default", f"stray{n:03}") for n in range(120)]
    deploy(deployment, *strays)
    found = deployment.observe(*functions)
    assert [resource.address for resource in found.unlisted] == strays


def test_a_hash_that_the_cloud_does_not_tell_is_unknown(deployment: Deployment) -> None:
    deploy(deployment, HELLO)
    deployment.server.control(
        "faults", [{"action": "GetFunctionAddress", "code": "FailedOperation.GetFunctionAddress"}]
    )
    assert "codeSha256" not in deployment.see(HELLO).attributes


def test_reads_are_repeated_when_the_answer_fails_to_come(deployment: Deployment) -> None:
    deploy(deployment, HELLO)
    deployment.server.control(
        "faults",
        [
            {"action": "GetFunction", "times": 1, "drop": "before"},
            {"action": "ListTriggers", "times": 2, "code": "InternalError"},
            {"action": "GetFunctionAddress", "times": 2, "code": "RequestLimitExceeded"},
            {"action": "ListFunctions", "times": 1, "status": 502},
        ],
    )
    resource = deployment.see(HELLO)
    assert resource.attributes["codeSha256"] == deployment.bundles[HELLO].sha256


def test_failed_creation_reason_is_reported_and_read_back(deployment: Deployment) -> None:
    deployment.server.control("settings", {"activation_s": 0.05})
    deployment.server.control("faults", [{"action": "CreateFunction", "async_failure": "no such layer"}])
    outcome = deployment.create(HELLO)
    assert outcome.error is not None
    assert "no such layer" in outcome.error.message
    seen = deployment.see(HELLO)
    assert seen.state == "CreateFailed"
    assert "no such layer" in seen.state_reason


def test_regions_do_not_mix(server: LocalServer, tmp_path: Path) -> None:
    here, there = Deployment.on(server, tmp_path), Deployment.on(server, tmp_path, region="ap-shanghai")
    deploy(here, HELLO)
    assert there.observe(HELLO).resources == {}
