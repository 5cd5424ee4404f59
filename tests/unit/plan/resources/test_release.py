"""What hangs on a version follows the one that is published now, or else the newest."""

from __future__ import annotations

from dataclasses import replace

from scfdeploy.model import Address, FunctionSpec, Ref, Value
from scfdeploy.plan import Change, Policy, make_plan
from tests.support.builders import HELLO, bundle, bundles, cloud, deployed, function, project

NEXT = Ref(HELLO, "version")
DEFAULT, PUBLISHED = HELLO.alias("$DEFAULT"), HELLO.provisioned("published")


def planned(spec: FunctionSpec, **settings: Value) -> dict[Address, Change]:
    """The changes of a function with two versions, of which the second is what is deployed."""
    there = deployed(spec, **settings)
    its: dict[str, Value] = {"settings": there.settings, "codeSha256": "aa" * 32}
    there = replace(there, attributes={**there.attributes, "versions": ("1", "2"), "published": its})
    plan = make_plan(project(spec), bundles(bundle(spec)), cloud(there), Policy())
    return {change.address: change for change in plan.changes}


def shared_with(change: Change) -> list[Value]:
    weights = change.settings["additionalVersionWeights"]
    assert isinstance(weights, tuple)
    return [entry["version"] for entry in weights]


def test_function_without_release_settings_has_one_change() -> None:
    assert list(planned(function())) == [HELLO]


def test_newest_version_is_used_without_publishing() -> None:
    assert shared_with(planned(function(traffic=0.9), memorySize=64)[DEFAULT]) == ["2"]
    found = planned(function(traffic=0.9, provisionedNum=1))
    assert shared_with(found[DEFAULT]) == ["2"]
    assert found[PUBLISHED].settings["qualifier"] == "2"


def test_published_version_is_referenced_before_it_has_a_number() -> None:
    found = planned(function(traffic=0.9, provisionedNum=1, memorySize=128), memorySize=64)
    assert shared_with(found[DEFAULT]) == [NEXT]
    assert found[PUBLISHED].settings["qualifier"] == NEXT


def test_instances_come_before_alias_that_routes_to_them() -> None:
    found = list(planned(function(traffic=0.9, provisionedNum=1)))
    assert found == [HELLO, PUBLISHED, DEFAULT]
