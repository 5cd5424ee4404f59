from __future__ import annotations

import pytest

from scfdeploy.apply import Status
from scfdeploy.model import Address
from scfdeploy.plan import Action, Change
from tests.support.cloud import EVENT, OWNER, Deployment, differs

HELLO = Address.of_function("default", "hello")
TIMER = HELLO.trigger("timer", "tick")
CRON = {"cronExpression": "0 */5 * * * * *"}


def with_timer(deployment: Deployment, function: Address) -> list[Change]:
    deployment.pack(function)
    timer = function.trigger("timer", "tick")
    return [
        Change(timer, Action.CREATE, "new", settings=CRON, owner=OWNER, requires=(function,)),
        Change(function, Action.CREATE, "new", settings=EVENT, owner=OWNER),
    ]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("action", ["CreateFunction", "CreateTrigger"])
def test_a_connection_that_is_cut_makes_nothing_twice(deployment: Deployment, action: str, when: str) -> None:
    deployment.server.control("faults", [{"action": action, "times": 1, "drop": when}])
    outcomes = deployment.apply(*with_timer(deployment, HELLO))
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert deployment.see(TIMER).owner == OWNER
    assert deployment.server.writes().count(action) == (2 if when == "before" else 1)


@pytest.mark.parametrize(
    "fault",
    [
        {"code": "RequestLimitExceeded", "when": "before"},
        {"code": "InternalError", "when": "before"},
        {"code": "InternalError", "when": "after"},
        {"status": 502, "when": "before"},
        {"status": 502, "when": "after"},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
def test_apply_completes_with_any_response(deployment: Deployment, fault: dict[str, object]) -> None:
    rule = {"times": 1, **fault}
    deployment.server.control(
        "faults",
        [{"action": action, **rule} for action in ("CreateFunction", "CreateTrigger", "UpdateFunctionConfiguration")],
    )
    assert [outcome.error for outcome in deployment.apply(*with_timer(deployment, HELLO))] == [None, None]
    assert deployment.update(HELLO, *differs("timeout"), timeout=9).error is None
    assert deployment.see(HELLO).settings["timeout"] == 9


def test_a_function_that_is_busy_is_waited_for(deployment: Deployment) -> None:
    deployment.server.control("settings", {"activation_s": 30})
    outcomes = deployment.apply(*with_timer(deployment, HELLO))
    assert [outcome.error for outcome in outcomes] == [None, None]
    changed = deployment.update(HELLO, *differs("src", "timeout"), timeout=9)
    assert changed.error is None
    # Code and settings are two writes, each of which takes its time; a slow machine takes a little of it off.
    assert changed.seconds > 45
    gone = deployment.apply(Change(HELLO, Action.DELETE, "not wanted"))[0]
    assert (gone.error, deployment.observe(HELLO).resources) == (None, {})


def test_an_update_that_fails_later_is_a_failure(deployment: Deployment) -> None:
    deployment.create(HELLO)
    deployment.server.control("settings", {"activation_s": 0.1})
    deployment.server.control("faults", [{"action": "UpdateFunctionCode", "async_failure": "no room"}])
    outcome = deployment.update(HELLO, *differs("src", "timeout"), timeout=9)
    assert outcome.status is Status.FAILED
    assert outcome.error is not None
    assert "UpdateFailed" in outcome.error.message
    assert "no room" in outcome.error.message
    assert "UpdateFunctionConfiguration" not in deployment.server.writes()


def test_thirty_functions_are_waited_for_with_few_calls(deployment: Deployment) -> None:
    deployment.server.control("settings", {"activation_s": 0.5})
    functions = [Address.of_function("default", f"hello{n:02}") for n in range(30)]
    changes = [change for function in functions for change in with_timer(deployment, function)]
    outcomes = deployment.apply(*changes)
    assert [outcome.error for outcome in outcomes] == [None] * 60
    calls = deployment.cloud.calls
    assert (calls["CreateFunction"], calls["CreateTrigger"]) == (30, 30)
    assert calls["GetFunction"] + calls["ListFunctions"] < 40
    gone = deployment.apply(*(Change(function, Action.DELETE, "not wanted") for function in functions))
    assert [outcome.error for outcome in gone] == [None] * 30
    assert deployment.observe(*functions).resources == {}


def test_foreign_function_of_same_name_is_not_owned(deployment: Deployment) -> None:
    deployment.create(HELLO)
    deployment.server.control("faults", [{"action": "CreateFunction", "times": 1, "drop": "before"}])
    settings = {**EVENT, "handler": "index.other"}
    (outcome,) = deployment.apply(Change(HELLO, Action.CREATE, "new", settings=settings, owner=OWNER))
    assert outcome.error is not None
    assert outcome.error.code.startswith("ResourceInUse")


def test_an_apply_arrives_on_a_bad_day(deployment: Deployment) -> None:
    deployment.server.control("settings", {"activation_s": 0.1})
    deployment.server.control(
        "faults",
        [
            {"probability": 0.1, "seed": 1, "drop": "after"},
            {"probability": 0.1, "seed": 2, "drop": "before"},
            {"probability": 0.1, "seed": 3, "code": "InternalError", "when": "after"},
            {"probability": 0.1, "seed": 4, "code": "RequestLimitExceeded"},
        ],
    )
    functions = [Address.of_function("default", f"hello{n}") for n in range(8)]
    changes = [change for function in functions for change in with_timer(deployment, function)]
    assert [outcome.error for outcome in deployment.apply(*changes)] == [None] * 16
    deployment.server.control("faults", [])
    observed = deployment.observe(*functions)
    assert len(observed.resources) == 16
    assert all(resource.owner == OWNER for resource in observed.resources.values())
