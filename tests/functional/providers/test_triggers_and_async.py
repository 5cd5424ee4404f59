from __future__ import annotations

from typing import Any

import pytest

from scfdeploy.apply import Status
from scfdeploy.model import Address, Owner, Value
from scfdeploy.plan import Action, Change
from tests.support.cloud import OWNER, Deployment, client_of

HELLO = Address.of_function("default", "hello")
TIMER = HELLO.trigger("timer", "tick")
URL = HELLO.trigger("http", "url-trigger")


@pytest.fixture
def deployed(deployment: Deployment) -> Deployment:
    assert deployment.create(HELLO).error is None
    return deployment


def change(deployment: Deployment, address: Address, action: Action, **settings: Value) -> None:
    (outcome,) = deployment.apply(Change(address, action, "because", settings=settings, owner=OWNER))
    assert (outcome.status, outcome.error) == (Status.SUCCEEDED, None)


def test_a_timer_is_created_changed_and_deleted(deployed: Deployment) -> None:
    first = {"cronExpression": "0 */5 * * * * *", "argument": "one", "enable": False, "qualifier": "$DEFAULT"}
    change(deployed, TIMER, Action.CREATE, **first)
    seen = deployed.see(TIMER)
    assert (seen.settings, seen.owner) == (first, OWNER)
    second = {"cronExpression": "0 0 12 * * * *", "argument": "", "enable": True, "qualifier": "$DEFAULT"}
    change(deployed, TIMER, Action.UPDATE, **second)
    assert deployed.see(TIMER).settings == second
    change(deployed, TIMER, Action.DELETE)
    assert TIMER not in deployed.observe(HELLO).resources


def test_a_timer_runs_unless_it_says_otherwise_and_keeps_its_switch(deployed: Deployment) -> None:
    change(deployed, TIMER, Action.CREATE, cronExpression="0 */5 * * * * *", enable=False)
    change(deployed, TIMER, Action.UPDATE, cronExpression="0 */6 * * * * *")
    assert deployed.see(TIMER).settings["enable"] is False
    other = HELLO.trigger("timer", "tock")
    change(deployed, other, Action.CREATE, cronExpression="0 */5 * * * * *")
    assert deployed.see(other).settings["enable"] is True


def test_a_function_url_is_shown_with_its_address(deployed: Deployment) -> None:
    settings: dict[str, Any] = {
        "authType": "NONE",
        "netConfig": {"enableIntranet": False, "enableExtranet": True},
        "corsConfig": {"enable": True, "origins": ("*",), "methods": ("GET",), "maxAge": 10},
        "qualifier": "$DEFAULT",
    }
    change(deployed, URL, Action.CREATE, **settings)
    seen = deployed.see(URL)
    assert seen.settings == settings
    (url,) = seen.attributes["urls"]  # type: ignore[misc, union-attr]
    assert str(url).startswith("https://")


def test_deleting_a_trigger_that_is_gone_is_done(deployed: Deployment) -> None:
    change(deployed, TIMER, Action.DELETE)


def test_manual_trigger_is_unowned_until_written(deployed: Deployment) -> None:
    (outcome,) = deployed.apply(
        Change(TIMER, Action.CREATE, "by hand", settings={"cronExpression": "0 */5 * * * * *"}, owner=None)
    )
    assert outcome.error is None
    assert deployed.see(TIMER).owner is None
    change(deployed, TIMER, Action.UPDATE, cronExpression="0 */5 * * * * *")
    assert deployed.see(TIMER).owner == OWNER


def test_a_rule_of_a_bucket_is_found_by_what_it_says(deployed: Deployment) -> None:
    bucket = "images-1300000001.cos.ap-guangzhou.myqcloud.com"
    description = '{"event":"cos:ObjectCreated:*","filter":{"Prefix":"","Suffix":".jpg"}}'
    parameters = {"TriggerName": bucket, "Type": "cos", "TriggerDesc": description, "Qualifier": "$DEFAULT"}
    client_of(deployed.server.url).write("CreateTrigger", {"FunctionName": "hello", **parameters})
    address = HELLO.trigger("cos", f"{bucket}:ObjectCreated:*::.jpg")
    assert deployed.see(address).settings == {
        "bucket": bucket,
        "events": "cos:ObjectCreated:*",
        "filter": {"suffix": ".jpg"},
        "enable": True,
        "qualifier": "$DEFAULT",
    }
    change(deployed, address, Action.DELETE)
    assert address not in deployed.observe(HELLO).resources


def test_asynchronous_settings_are_written_together_and_read_back(deployed: Deployment) -> None:
    address = HELLO.asynchronous()
    change(deployed, address, Action.UPDATE, msgTTL=600, retryNum=1)
    assert deployed.see(address).settings == {"msgTTL": 600, "retryNum": 1}
    change(deployed, address, Action.UPDATE, retryNum=0)
    assert deployed.see(address).settings == {"msgTTL": 600, "retryNum": 0}
    change(deployed, address, Action.DELETE)


def test_owner_of_another_project_is_shown(deployed: Deployment) -> None:
    other = Owner("blog", "prod", "site")
    deployed.apply(Change(TIMER, Action.CREATE, "theirs", settings={"cronExpression": "0 */5 * * * * *"}, owner=other))
    assert deployed.see(TIMER).owner == other
