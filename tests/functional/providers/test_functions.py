from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from scfdeploy.apply import Status
from scfdeploy.model import Address, Bundle, Secret
from scfdeploy.model.resource_kind import LAYER
from scfdeploy.plan import Action, Change, FieldChange
from scfdeploy.providers.base import CloudError
from tests.support.cloud import EVENT, OWNER, Deployment, archive, differs

HELLO = Address.of_function("default", "hello")
CLS = {"logsetId": "logset-1", "topicId": "topic-1"}

# A setting, what it is created as, what it is changed to, and what clears it where that is possible.
SETTINGS: list[tuple[str, Any, Any, Any]] = [
    ("description", "first", "second", ""),
    ("memorySize", 256, 512, 256),
    ("timeout", 5, 10, 5),
    ("initTimeout", 30, 60, 30),
    ("environment", {"variables": {"A": "1", "B": "yes"}}, {"variables": {"B": "0123"}}, {"variables": {}}),
    ("role", "first-role", "second-role", ""),
    ("publicAccess", False, True, False),
    ("vpcConfig", {"vpcId": "vpc-1", "subnetId": "subnet-1"}, {"vpcId": "vpc-2", "subnetId": "subnet-2"}, {}),
    ("layers", ({"name": "one", "version": 1},), ({"name": "two", "version": 2}, {"name": "one", "version": 1}), ()),
    ("deadLetter", {"type": "queue", "name": "first"}, {"type": "topic", "name": "second", "filterType": "tag"}, {}),
]


def done(outcome: Any) -> None:
    assert (outcome.status, outcome.error) == (Status.SUCCEEDED, None)


@pytest.mark.parametrize(("name", "first", "second", "cleared"), SETTINGS, ids=[row[0] for row in SETTINGS])
def test_a_setting_is_created_changed_and_cleared(
    deployment: Deployment, name: str, first: Any, second: Any, cleared: Any
) -> None:
    done(deployment.create(HELLO, **{name: first}))
    assert deployment.see(HELLO).settings[name] == first
    done(deployment.update(HELLO, *differs(name), **{name: second}))
    assert deployment.see(HELLO).settings[name] == second
    done(deployment.update(HELLO, *differs(name), **{name: cleared}))
    assert deployment.see(HELLO).settings[name] == cleared
    assert deployment.server.writes().count("UpdateFunctionConfiguration") == 2
    assert "UpdateFunctionCode" not in deployment.server.calls()


def test_a_setting_that_is_not_written_is_left_alone(deployment: Deployment) -> None:
    done(deployment.create(HELLO, description="mine", environment={"variables": {"A": "1"}}, timeout=7))
    done(deployment.update(HELLO, *differs("timeout"), timeout=8))
    settings = deployment.see(HELLO).settings
    assert (settings["description"], settings["environment"]) == ("mine", {"variables": {"A": "1"}})


def test_a_fixed_address_and_public_access_go_together(deployment: Deployment) -> None:
    done(deployment.create(HELLO, publicAccess=True, eip=True))
    settings = deployment.see(HELLO).settings
    assert (settings["publicAccess"], settings["eip"]) == (True, True)
    done(deployment.update(HELLO, *differs("eip"), eip=False))
    settings = deployment.see(HELLO).settings
    assert (settings["publicAccess"], settings["eip"]) == (True, False)


def test_cls_delivery_is_created_changed_and_switched_off(deployment: Deployment) -> None:
    done(deployment.create(HELLO, role="a-role", cls=CLS))
    assert deployment.see(HELLO).settings["cls"] == CLS
    done(deployment.update(HELLO, *differs("cls"), cls={"logsetId": "logset-2", "topicId": "topic-2"}))
    assert deployment.see(HELLO).settings["cls"] == {"logsetId": "logset-2", "topicId": "topic-2"}
    done(deployment.update(HELLO, *differs("cls"), cls={}))
    settings = deployment.see(HELLO).settings
    assert (settings["cls"], settings["role"]) == ({}, "a-role")


def test_async_run_setting_is_sent_on_create(deployment: Deployment) -> None:
    done(deployment.create(HELLO, role="a-role", cls=CLS, asyncRunEnable=True, traceEnable=True, timeout=5000))
    settings = deployment.see(HELLO).settings
    assert (settings["asyncRunEnable"], settings["traceEnable"]) == (True, True)


def test_a_web_function_needs_no_handler(deployment: Deployment) -> None:
    deployment.pack(HELLO)
    settings = {"type": "web", "runtime": "Python3.10"}
    done(deployment.apply(Change(HELLO, Action.CREATE, "new", settings=settings, owner=OWNER))[0])
    assert deployment.see(HELLO).settings["type"] == "web"


def test_secrets_reach_the_cloud_and_come_back_sealed(deployment: Deployment) -> None:
    variables = {"DB_PASSWORD": Secret("hunter22"), "WORDS": "C"}
    done(deployment.create(HELLO, environment={"variables": variables}))
    settings = deployment.see(HELLO).settings
    assert settings["environment"] == {"variables": variables}
    assert "hunter22" not in repr(settings)


def test_function_has_ownership_tags_and_user_tags(deployment: Deployment) -> None:
    done(deployment.create(HELLO, tags={"team": "blue"}))
    seen = deployment.see(HELLO)
    assert (seen.owner, seen.settings["tags"]) == (OWNER, {"team": "blue"})


def test_tags_are_set_and_removed_one_by_one(deployment: Deployment) -> None:
    many = {f"key{n}": "old" for n in range(15)}
    done(deployment.create(HELLO, tags=many))
    wanted = {f"key{n}": "new" for n in range(12)} | {"fresh": "1"}
    changes = [FieldChange(f"tags.{key}", many.get(key), value) for key, value in wanted.items()]
    changes += [FieldChange(f"tags.key{n}", "old", None) for n in range(12, 15)]
    done(deployment.update(HELLO, *changes, tags=wanted))
    seen = deployment.see(HELLO)
    assert (seen.settings["tags"], seen.owner) == (wanted, OWNER)
    assert deployment.server.writes() == ["CreateFunction", "ModifyResourceTags", "ModifyResourceTags"]


def test_only_the_half_that_changed_is_written(deployment: Deployment) -> None:
    done(deployment.create(HELLO))
    bundle = deployment.pack(HELLO, "def other(event, context):\n    return 2\n")
    done(deployment.update(HELLO, *differs("src", "handler"), handler="index.other"))
    seen = deployment.see(HELLO)
    assert (seen.settings["handler"], seen.attributes["codeSha256"]) == ("index.other", bundle.sha256)
    assert deployment.server.writes() == ["CreateFunction", "UpdateFunctionCode"]


def test_deployed_code_can_be_fetched(deployment: Deployment) -> None:
    done(deployment.create(HELLO))
    assert deployment.cloud.deployed_code(HELLO) == archive()


def test_a_large_archive_that_vanished_or_changed_is_not_made_a_function_of(
    deployment: Deployment, tmp_path: Path
) -> None:
    archive_file = tmp_path / "code.zip"
    deployment.bundles[HELLO] = Bundle(HELLO, "aa", "aa", 8 * 2**20, 1, path=str(archive_file))
    vanished = deployment.create(HELLO)
    assert vanished.error is not None
    assert "code.zip cannot be read" in vanished.error.message
    archive_file.write_bytes(b"short")
    changed = deployment.create(HELLO)
    assert changed.error is not None
    assert "code.zip changed after it was packaged" in changed.error.message
    assert "CreateFunction" not in deployment.server.writes()


def test_many_large_archives_are_sent_a_few_at_a_time_and_all_arrive(deployment: Deployment) -> None:
    functions = [Address.of_function("default", f"large{n}") for n in range(8)]
    for function in functions:
        bundle = deployment.pack(function)
        deployment.bundles[function] = dataclasses.replace(bundle, size=2 * 2**20)
    changes = [Change(function, Action.CREATE, "new", settings=EVENT, owner=OWNER) for function in functions]
    assert [outcome.error for outcome in deployment.apply(*changes)] == [None] * 8


def test_a_deleted_function_is_gone(deployment: Deployment) -> None:
    done(deployment.create(HELLO))
    done(deployment.apply(Change(HELLO, Action.DELETE, "not wanted"))[0])
    assert deployment.observe(HELLO).resources == {}
    done(deployment.apply(Change(HELLO, Action.DELETE, "not wanted"))[0])


def test_replace_creates_it_again(deployment: Deployment) -> None:
    done(deployment.create(HELLO))
    before = deployment.see(HELLO).attributes["functionId"]
    settings = {**EVENT, "runtime": "Python3.9"}
    done(deployment.apply(Change(HELLO, Action.REPLACE, "runtime", settings=settings, owner=OWNER))[0])
    after = deployment.see(HELLO)
    assert after.settings["runtime"] == "Python3.9"
    assert after.attributes["functionId"] != before


def test_rejected_create_fails_with_code_and_request_id(deployment: Deployment) -> None:
    outcome = deployment.create(HELLO, memorySize=100)
    assert outcome.status is Status.FAILED
    assert outcome.error is not None
    assert outcome.error.code == "InvalidParameterValue.Memory"
    assert outcome.error.request_id


def test_a_namespace_that_does_not_exist_holds_nothing(deployment: Deployment) -> None:
    there = Address.of_function("nowhere", "hello")
    assert deployment.observe(there).resources == {}
    many = [Address.of_function("nowhere", f"hello{n}") for n in range(9)]
    assert deployment.observe(*many).resources == {}


def test_an_unknown_kind_of_change_is_refused(deployment: Deployment) -> None:
    outcome = deployment.apply(Change(Address(LAYER, name="one"), Action.CREATE, "new"))[0]
    assert outcome.status is Status.FAILED


def test_fetching_the_code_of_nothing_is_a_cloud_error(deployment: Deployment) -> None:
    with pytest.raises(CloudError) as caught:
        deployment.cloud.deployed_code(HELLO)
    assert caught.value.code.startswith("ResourceNotFound")
