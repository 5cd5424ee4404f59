"""Versions: when a change ends with one, and what the newest is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scfdeploy.model import FunctionSpec, Ref, Resource, Value
from scfdeploy.plan import Action, Change, FieldChange, Policy, make_plan
from scfdeploy.plan.resources.version import (
    latest_is_newest,
    newest,
    provisions_published,
    publishes,
    wants_versions,
    with_version,
)
from tests.support.builders import HELLO, bundle, bundles, cloud, deployed, function, project

NEXT = Ref(HELLO, "version")
SPEC = function(publish=True, memorySize=128)
CODE, OTHER_CODE = "aa" * 32, "bb" * 32


def existing(
    spec: FunctionSpec = SPEC,
    *,
    versions: tuple[Value, ...] = ("1", "2"),
    code: Value = CODE,
    published: dict[str, Value] | None = None,
    **settings: Value,
) -> Resource:
    """A function as `spec` says, whose newest version has that code, and its settings but for `published`."""
    there = deployed(spec, **settings)
    its: dict[str, Value] = {"settings": {**there.settings, **(published or {})}, "codeSha256": code}
    return replace(there, attributes={**there.attributes, "versions": versions, "published": its})


def planned(spec: FunctionSpec, resource: Resource | None, sha256: str = CODE) -> Change:
    packed = bundle(spec, sha256)
    return make_plan(project(spec), bundles(packed), cloud(*[resource] if resource else []), Policy()).changes[0]


def versions(change: Change) -> list[FieldChange]:
    return [field for field in change.fields if field.path == "publish"]


class TestIsDue:
    def test_version_is_published_with_new_function(self) -> None:
        change = planned(SPEC, None)
        assert (change.action, change.reason) == (Action.CREATE, "does not exist yet; a version is published")
        assert change.fields[-1] == FieldChange("publish", None, NEXT)
        assert change.settings["publish"] is True
        assert change.settings["memorySize"] == 128
        assert publishes(change)

    def test_version_is_published_with_replaced_function(self) -> None:
        change = planned(SPEC, existing(runtime="Python3.9"))
        assert change.action is Action.REPLACE
        assert change.reason == "runtime cannot be changed in place; a version is published"
        assert versions(change) == [FieldChange("publish", None, NEXT)]

    def test_version_is_published_with_each_change(self) -> None:
        change = planned(SPEC, existing(memorySize=256))
        assert (change.action, change.reason) == (Action.UPDATE, "memorySize differs; a version is published")
        assert versions(change) == [FieldChange("publish", "2", NEXT)]

    def test_version_is_published_if_there_is_none(self) -> None:
        change = planned(SPEC, existing(versions=()))
        assert (change.action, change.reason) == (Action.UPDATE, "no version is published yet")
        assert change.fields == (FieldChange("publish", None, NEXT),)
        assert publishes(change)

    def test_version_is_published_with_tags_after_interrupted_run(self) -> None:
        spec = function(publish=True, tags={"team": "blue"})
        change = planned(spec, existing(spec, tags={}, code=OTHER_CODE))
        assert change.reason == "tags differs; version 2 differs from the function"
        assert change.action is Action.UPDATE

    @pytest.mark.parametrize(
        "resource",
        [
            existing(code=OTHER_CODE),
            existing(published={"memorySize": 256}),
            replace(existing(), attributes={**existing().attributes, "published": None}),
            replace(existing(), attributes={**existing().attributes, "published": {"codeSha256": CODE}}),
        ],
        ids=["code", "settings", "not shown", "without settings"],
    )
    def test_version_is_published_if_newest_differs(self, resource: Resource) -> None:
        change = planned(SPEC, resource)
        assert (change.action, change.reason) == (Action.UPDATE, "version 2 differs from the function")
        assert change.fields == (FieldChange("publish", "2", NEXT),)

    def test_provisioned_instances_follow_published_version(self) -> None:
        assert publishes(planned(function(provisionedNum=1), None))

    def test_version_has_written_description(self) -> None:
        change = planned(function(publish=True, publishDescription="the first"), None)
        assert change.settings["publishDescription"] == "the first"
        assert "publishDescription" not in planned(function(publish=True, publishDescription=""), None).settings
        assert "publishDescription" not in planned(SPEC, None).settings


class TestIsNotDue:
    @pytest.mark.parametrize(
        "resource",
        [
            existing(),
            existing(code=None),
            existing(code=""),
            existing(published={"description": "its own", "tags": {"a": "b"}, "role": "not written"}),
        ],
        ids=["all the same", "code not shown", "code empty", "what is not compared"],
    )
    def test_no_version_if_newest_equals_function(self, resource: Resource) -> None:
        change = planned(SPEC, resource)
        assert (change.action, change.reason, change.fields) == (Action.NO_OP, "matches the configuration", ())
        assert "publish" not in change.settings
        assert not publishes(change)

    def test_description_of_version_is_not_compared(self) -> None:
        spec = function(publish=True, description="mine")
        assert not versions(planned(spec, existing(spec, published={"description": "its own"})))

    def test_code_known_by_other_hash_is_equal(self) -> None:
        resource = existing(code=OTHER_CODE)
        packed = replace(bundle(SPEC), known_as=frozenset({OTHER_CODE}))
        change = make_plan(project(SPEC), bundles(packed), cloud(resource), Policy()).changes[0]
        assert not versions(change)

    def test_deployed_code_without_bundle_is_equal(self) -> None:
        assert not versions(make_plan(project(SPEC), {}, cloud(existing()), Policy()).changes[0])

    @pytest.mark.parametrize("spec", [function(), function(publish=False), function(publish="yes")])
    def test_no_version_without_publish(self, spec: FunctionSpec) -> None:
        change = Change(HELLO, Action.CREATE, "")
        assert with_version(change, spec, None, None) is change

    def test_no_version_for_tags_and_ownership_only(self) -> None:
        spec = function(publish=True, tags={"team": "blue"})
        change = planned(spec, existing(spec, tags={}))
        assert (change.action, change.reason) == (Action.UPDATE, "tags differs")
        assert not publishes(change)


def test_instances_of_a_named_version_publish_nothing() -> None:
    assert not wants_versions(function(provisionedNum=1, qualifier="2"))
    assert not provisions_published(function(provisionedNum=0))
    assert provisions_published(function(provisionedNum=1, qualifier=""))
    assert not provisions_published(function(publish=True))


@pytest.mark.parametrize(
    ("versions", "highest"),
    [(("9", "10", "$LATEST"), "10"), ([1, 2], "2"), ((), None), (None, None), ("12", None), (("$LATEST",), None)],
)
def test_newest_version_has_highest_number(versions: Value, highest: str | None) -> None:
    assert newest(replace(existing(), attributes={"versions": versions})) == highest
    assert newest(None) is None


class TestLatestIsNewest:
    @pytest.mark.parametrize(
        ("resource", "same"),
        [
            (existing(), True),
            (existing(published={"description": "its own", "tags": {"a": "b"}}), True),
            (existing(published={"memorySize": 256}), False),
            (existing(code=OTHER_CODE), False),
            (existing(code=None), False),
            (deployed(SPEC), False),
        ],
        ids=["same", "what is not compared", "settings", "code", "code not shown", "no version"],
    )
    def test_newest_is_compared_by_settings_and_code(self, resource: Resource, same: bool) -> None:
        assert latest_is_newest(resource) is same

    def test_versions_without_code_hash_are_compared_by_settings(self) -> None:
        bare = Resource(HELLO, {"memorySize": 128}, attributes={"published": {"settings": {"memorySize": 128}}})
        assert latest_is_newest(bare)
        assert not latest_is_newest(replace(bare, attributes={"published": {"settings": "junk"}}))
        assert latest_is_newest(replace(bare, settings={}, attributes={"published": {}}))
        assert not latest_is_newest(replace(bare, attributes={**bare.attributes, "codeSha256": CODE}))
