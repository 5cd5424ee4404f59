"""After a plan is applied the next one is empty: what we write, the cloud shows, and we read as the same."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from scfdeploy.apply import Status, run
from scfdeploy.model import FunctionSpec, Secret
from scfdeploy.plan import Action, Plan, Policy, make_plan
from scfdeploy.providers.base import Query
from tests.support.builders import APP, HELLO, STAGE, function, project, trigger
from tests.support.cloud import Deployment

CLS = {"logsetId": "logset-1", "topicId": "topic-1"}
EVERYTHING: dict[str, Any] = {
    "description": "Says hello.",
    "memorySize": 256,
    "timeout": 20,
    "initTimeout": 30,
    "environment": {"variables": {"MODE": "C", "ZERO": "0123", "API_KEY": Secret("hunter22")}},
    "role": "a-role",
    "publicAccess": True,
    "eip": False,
    "vpcConfig": {"vpcId": "vpc-1", "subnetId": "subnet-1"},
    "layers": ({"name": "one", "version": 1},),
    "deadLetter": {"type": "queue", "name": "letters"},
    "cls": CLS,
    "msgTTL": 600,
    "retryNum": 1,
    "tags": {"team": "blue"},
}
CAREFUL = Policy()
EMPTIED: dict[str, Any] = {
    "description": "",
    "environment": {"variables": {}},
    "vpcConfig": {},
    "layers": (),
    "deadLetter": {},
    "cls": {},
    "tags": {},
}


def plan(deployment: Deployment, *specs: FunctionSpec, policy: Policy = CAREFUL) -> Plan:
    wanted = project(*specs)
    functions = tuple(spec.address for spec in specs)
    observed = deployment.cloud.observe(Query(functions, frozenset(functions), app=APP, stage=STAGE))
    return make_plan(wanted, dict(deployment.bundles), observed, policy)


def apply(deployment: Deployment, *specs: FunctionSpec, policy: Policy = CAREFUL) -> Plan:
    made = plan(deployment, *specs, policy=policy)
    assert made.rejected == ()
    outcomes = run(made, deployment.cloud.writer, listener=lambda _: None, clock=deployment.clock)
    assert [outcome.error for outcome in outcomes if outcome.status is not Status.SUCCEEDED] == []
    return made


def changes(made: Plan) -> dict[str, Any]:
    return {
        str(change.address): (change.action, [field.path for field in change.fields])
        for change in made.changes
        if change.action is not Action.NO_OP
    }


@pytest.mark.parametrize("settings", [{}, EVERYTHING, EMPTIED], ids=["least", "everything", "empty blocks"])
@pytest.mark.parametrize("triggers", [(), (trigger(argument="x", enable=False), trigger("http", "url"))], ids=len)
def test_nothing_is_left_to_do_after_an_apply(
    deployment: Deployment, settings: dict[str, Any], triggers: tuple[Any, ...]
) -> None:
    spec = function("hello", *triggers, **settings)
    deployment.pack(HELLO)
    apply(deployment, spec)
    assert changes(plan(deployment, spec)) == {}
    before = Counter(deployment.cloud.calls)
    apply(deployment, spec)
    assert (deployment.cloud.calls - before).total() <= 6


def test_everything_can_be_emptied(deployment: Deployment) -> None:
    deployment.pack(HELLO)
    apply(deployment, function("hello", trigger(), **EVERYTHING))
    emptied = function("hello", **{**EVERYTHING, **EMPTIED})
    apply(deployment, emptied)
    assert changes(plan(deployment, emptied)) == {}
    settings = deployment.see(HELLO).settings
    assert {name: settings[name] for name in EMPTIED} == EMPTIED


def test_another_runtime_replaces_function_triggers_and_all(deployment: Deployment) -> None:
    deployment.pack(HELLO)
    apply(deployment, function("hello", trigger(), **EVERYTHING))
    spec = function("hello", trigger(), **{**EVERYTHING, "runtime": "Python3.9"})
    made = apply(deployment, spec)
    assert made.count(Action.REPLACE) >= 1
    assert changes(plan(deployment, spec)) == {}


def test_manual_function_can_be_adopted(deployment: Deployment) -> None:
    deployment.pack(HELLO)
    spec = function("hello")
    apply(deployment, spec)
    deployment.server.control("reset", {})
    deployment.apply(*(_without_owner(change) for change in plan(deployment, spec).changes))
    assert plan(deployment, spec).rejected != ()
    apply(deployment, spec, policy=Policy(adopt=True))
    assert changes(plan(deployment, spec)) == {}


def test_a_creation_that_failed_is_made_again(deployment: Deployment) -> None:
    deployment.pack(HELLO)
    deployment.server.control("settings", {"activation_s": 0.05})
    deployment.server.control("faults", [{"action": "CreateFunction", "times": 1, "async_failure": "no room"}])
    spec = function("hello", trigger())
    outcomes = run(plan(deployment, spec), deployment.cloud.writer, listener=lambda _: None, clock=deployment.clock)
    assert [outcome.status for outcome in outcomes] == [Status.FAILED, Status.SKIPPED]
    apply(deployment, spec)
    assert changes(plan(deployment, spec)) == {}


def _without_owner(change: Any) -> Any:
    import dataclasses

    return dataclasses.replace(change, owner=None)
