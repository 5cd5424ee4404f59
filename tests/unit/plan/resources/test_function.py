"""A function is created, changed in place, replaced or left as it is, each with a reason."""

import dataclasses

import pytest

from scfdeploy.facts import limit
from scfdeploy.model import Address, Ref, Secret, Value
from scfdeploy.plan import Action, Change, FieldChange, Policy, make_plan
from tests.support.builders import (
    HELLO,
    NEIGHBOUR,
    OWNER,
    bundle,
    bundles,
    cloud,
    deployed,
    deployed_trigger,
    function,
    project,
    trigger,
)


def change_of(wanted: dict[str, Value], exists: dict[str, Value], **more: object) -> Change:
    """The one change of a function that is `wanted` where `exists` is deployed."""
    spec = function(**wanted)
    resource = deployed(function(), **{**exists, **more})  # type: ignore[arg-type]
    return make_plan(project(spec), bundles(bundle(spec)), cloud(resource), Policy()).changes[0]


def paths(change: Change) -> list[tuple[str, Value, Value]]:
    return [(field.path, field.before, field.after) for field in change.fields]


def test_missing_function_is_created_with_written_settings() -> None:
    spec = function(memorySize=256, environment={"variables": {"LANG": "en"}}, tags={"team": "core"})
    plan = make_plan(project(spec), bundles(bundle(spec)), cloud(), Policy())
    (change,) = plan.changes
    assert (change.action, change.reason, change.owner) == (Action.CREATE, "does not exist yet", OWNER)
    assert ("environment.variables.LANG", None, "en") in paths(change)
    assert ("tags.team", None, "core") in paths(change)
    assert change.fields[-1] == FieldChange("src", None, {"sha256": "aa" * 32, "size": 1_258_291})
    assert change.settings["memorySize"] == 256


def test_unchanged_function_is_no_change() -> None:
    change = change_of({"memorySize": 256}, {"memorySize": 256})
    assert (change.action, change.reason, change.fields) == (Action.NO_OP, "matches the configuration", ())


def test_settings_are_changed_in_place_and_named() -> None:
    change = change_of({"memorySize": 256, "timeout": 9}, {"memorySize": 128, "timeout": 3})
    assert (change.action, change.reason) == (Action.UPDATE, "memorySize and timeout differ")
    assert paths(change) == [("memorySize", 128, 256), ("timeout", 3, 9)]


def test_unwritten_settings_are_unmanaged() -> None:
    made_by_hand = {"role": "r", "environment": {"variables": {"A": "1"}}, "tags": {"by": "hand"}, "publicAccess": True}
    assert change_of({}, made_by_hand).action is Action.NO_OP


@pytest.mark.parametrize(
    ("wanted", "exists"),
    [
        ({"memorySize": "256"}, {"memorySize": 256}),
        ({"environment": {"variables": {"A": 1, "B": True}}}, {"environment": {"variables": {"B": "true", "A": "1"}}}),
        ({"environment": {"variables": {"API_KEY": "x"}}}, {"environment": {"variables": {"API_KEY": Secret("x")}}}),
        ({"environment": {"variables": {"PLAIN": Secret("x")}}}, {"environment": {"variables": {"PLAIN": "x"}}}),
        ({"environment": {}}, {"environment": {"variables": {}}}),
        ({"environment": {"variables": None}}, {}),
        ({"layers": ({"name": "a", "version": "2"},)}, {"layers": [{"name": "a", "version": 2, "stamp": "x"}]}),
        ({"layers": ()}, {}),
        ({"vpcConfig": {}}, {"vpcConfig": {"vpcId": "", "subnetId": ""}}),
        ({"cls": {"logsetId": "", "topicId": ""}}, {"cls": {}}),
        (
            {"deadLetter": {"type": "topic", "name": "t"}},
            {"deadLetter": {"type": "topic", "name": "t", "filterType": ""}},
        ),
        ({"description": ""}, {}),
        ({"eip": False, "publicAccess": True}, {}),
        ({"asyncRunEnable": False, "traceEnable": "false"}, {}),
        ({"timeout": 3.0}, {"timeout": 3}),
        ({"timeout": None}, {"timeout": 3}),
        ({"tags": {"team": "core"}}, {"tags": {"team": "core", "scfdeploy:app": "shop"}}),
    ],
)
def test_equivalent_settings_are_no_change(wanted: dict[str, Value], exists: dict[str, Value]) -> None:
    assert paths(change_of(wanted, exists)) == []


@pytest.mark.parametrize(
    ("wanted", "exists", "expected"),
    [
        (
            {"environment": {"variables": {"A": "2", "C": "3"}}},
            {"environment": {"variables": {"A": "1", "B": "b", "C": "3"}}},
            [("environment.variables.A", "1", "2"), ("environment.variables.B", "b", None)],
        ),
        ({"environment": {}}, {"environment": {"variables": {"A": "1"}}}, [("environment.variables.A", "1", None)]),
        ({"tags": {}}, {"tags": {"team": "core"}}, [("tags.team", "core", None)]),
        ({"tags": {"empty": ""}}, {"tags": {}}, [("tags.empty", None, "")]),
        (
            {"layers": ({"name": "b", "version": 1}, {"name": "a", "version": 1})},
            {"layers": ({"name": "a", "version": 1}, {"name": "b", "version": 1})},
            [
                (
                    "layers",
                    ({"name": "a", "version": 1}, {"name": "b", "version": 1}),
                    ({"name": "b", "version": 1}, {"name": "a", "version": 1}),
                )
            ],
        ),
        (
            {"layers": ()},
            {"layers": ({"name": "a", "version": 1},)},
            [("layers", ({"name": "a", "version": 1},), None)],
        ),
        (
            {"vpcConfig": {"vpcId": "vpc-2", "subnetId": "subnet-1"}},
            {"vpcConfig": {"vpcId": "vpc-1", "subnetId": "subnet-1"}},
            [("vpcConfig.vpcId", "vpc-1", "vpc-2")],
        ),
        (
            {"vpcConfig": {}},
            {"vpcConfig": {"vpcId": "vpc-1", "subnetId": "subnet-1"}},
            [("vpcConfig.vpcId", "vpc-1", None), ("vpcConfig.subnetId", "subnet-1", None)],
        ),
        ({"description": ""}, {"description": "old"}, [("description", "old", None)]),
        ({"handler": "app.run"}, {"handler": "index.main"}, [("handler", "index.main", "app.run")]),
        ({"publicAccess": False}, {}, [("publicAccess", None, False)]),
    ],
)
def test_each_difference_is_one_field_change(
    wanted: dict[str, Value], exists: dict[str, Value], expected: list[tuple[str, Value, Value]]
) -> None:
    change = change_of(wanted, exists)
    assert (change.action, paths(change)) == (Action.UPDATE, expected)


class TestFilledIn:
    def test_unwritten_runtime_never_replaces_function(self) -> None:
        spec = function(runtime="Nodejs10.15", filled_in=("runtime",))
        plan = make_plan(project(spec), bundles(bundle(spec)), cloud(deployed(spec, runtime="Python3.10")), Policy())
        assert not plan.has_changes

    def test_unwritten_handler_is_kept_when_code_changes(self) -> None:
        spec = function(handler="index.main_handler", filled_in=("handler",))
        observed = cloud(deployed(spec, handler="app.run", sha256="bb" * 32))
        plan = make_plan(project(spec), bundles(bundle(spec)), observed, Policy())
        assert [field.path for field in plan.changes[0].fields] == ["src"]
        assert plan.changes[0].settings["handler"] == "app.run"

    def test_new_function_gets_filled_in_settings(self) -> None:
        spec = function(filled_in=("runtime", "handler"))
        change = make_plan(project(spec), bundles(bundle(spec)), cloud(), Policy()).changes[0]
        assert {"runtime": "Python3.10", "handler": "index.main"}.items() <= change.settings.items()


def test_secret_variables_are_sensitive_on_both_sides() -> None:
    change = change_of(
        {"environment": {"variables": {"API_KEY": "new"}}}, {"environment": {"variables": {"API_KEY": "old"}}}
    )
    (field,) = change.fields
    assert field.sensitive
    assert (field.before, field.after) == (Secret("old"), Secret("new"))
    assert "new" not in repr(change)


class TestCode:
    def test_different_hash_is_a_change_with_size_and_hash(self) -> None:
        change = change_of({}, {}, sha256="bb" * 32)
        assert (change.action, change.reason) == (Action.UPDATE, "code differs (1.2 MB, sha256 aaaaaaaa…)")
        assert paths(change) == [
            ("src", {"sha256": "bb" * 32, "size": 1_258_291}, {"sha256": "aa" * 32, "size": 1_258_291})
        ]

    def test_known_own_hash_is_no_change(self) -> None:
        spec = function()
        known = dataclasses.replace(bundle(spec), known_as=frozenset({"bb" * 32}))
        plan = make_plan(project(spec), bundles(known), cloud(deployed(spec, sha256="bb" * 32)), Policy())
        assert not plan.has_changes

    def test_unknown_hash_uploads_code(self) -> None:
        change = change_of({}, {}, sha256=None)
        assert paths(change) == [("src", None, {"sha256": "aa" * 32, "size": 1_258_291})]

    def test_cos_code_is_shown_by_bucket_and_object(self) -> None:
        spec = function()
        stored = dataclasses.replace(bundle(spec), path=None, bucket="code", object="/hello.zip", size=0)
        plan = make_plan(project(spec), bundles(stored), cloud(deployed(spec, sha256="bb" * 32)), Policy())
        assert plan.changes[0].reason == "code differs (code/hello.zip)"
        assert plan.changes[0].fields[0].after == {"bucket": "code", "object": "/hello.zip"}

    def test_packaged_code_is_shown_by_hash(self) -> None:
        spec = function()
        for code in (
            dataclasses.replace(bundle(spec), bucket="code", object="/hello.zip"),
            dataclasses.replace(bundle(spec), path=None),
        ):
            plan = make_plan(project(spec), bundles(code), cloud(deployed(spec, sha256="bb" * 32)), Policy())
            assert plan.changes[0].fields[0].after == {"sha256": "aa" * 32, "size": 1_258_291}

    def test_hash_without_size_is_shown_alone(self) -> None:
        spec = function()
        there = deployed(spec, sha256="bb" * 32)
        there = dataclasses.replace(there, attributes={"codeSha256": "bb" * 32})
        change = make_plan(project(spec), bundles(bundle(spec)), cloud(there), Policy()).changes[0]
        assert change.fields[0].before == {"sha256": "bb" * 32}

    def test_function_without_a_bundle_keeps_its_code(self) -> None:
        spec = function()
        assert not make_plan(project(spec), {}, cloud(deployed(spec, sha256="bb" * 32)), Policy()).has_changes


class TestReplacement:
    def test_replacement_names_field_and_losses(self) -> None:
        change = change_of({"runtime": "Python3.10", "memorySize": 256}, {"runtime": "Python3.9", "memorySize": 128})
        assert (change.action, change.reason) == (Action.REPLACE, "runtime cannot be changed in place")
        assert [(field.path, field.forces_replace) for field in change.fields] == [
            ("runtime", True),
            ("memorySize", False),
        ]
        lost = " ".join(change.warnings)
        for word in ("function id", "versions", "aliases", "history", "calls fail"):
            assert word in lost

    def test_replacement_names_unwritten_settings_and_triggers(self) -> None:
        spec = function("hello", trigger("http", "url-trigger"))
        by_hand = trigger("timer", "manual")
        observed = cloud(
            deployed(spec, runtime="Python3.9", role="r", initTimeout=65, memorySize=128, description=""),
            deployed_trigger(spec.triggers[0]),
            deployed_trigger(by_hand, owner=None),
        )
        plan = make_plan(project(spec), bundles(bundle(spec)), observed, Policy())
        warnings = plan.changes[0].warnings
        assert "Settings that the file does not have return to the platform's default: role." in warnings
        assert "Manually created triggers are deleted with it: timer/manual." in warnings
        assert "Trigger http/url-trigger loses its URL." in warnings
        assert [(change.action, str(change.address)) for change in plan.changes] == [
            (Action.REPLACE, "function/default/hello"),
            (Action.CREATE, "trigger/default/hello/http/url-trigger"),
        ]
        assert plan.changes[1].requires == (HELLO,)
        assert plan.unmanaged == ()

    def test_function_whose_creation_failed_is_replaced(self) -> None:
        change = change_of({}, {}, state="CreateFailed", state_reason="no such VPC")
        assert change.action is Action.REPLACE
        assert change.reason == "its creation failed: no such VPC; it is deleted and recreated"
        assert change.warnings == ()

    def test_function_being_deleted_is_replaced(self) -> None:
        assert change_of({}, {}, state="Deleting").action is Action.REPLACE

    def test_function_of_another_instance_is_not_replaced_by_adopting_it(self) -> None:
        spec = function()
        observed = cloud(deployed(spec, owner=NEIGHBOUR, runtime="Python3.9"))
        plan = make_plan(project(spec), bundles(bundle(spec)), observed, Policy(adopt=True))
        assert plan.changes == ()
        (refused,) = plan.rejected
        assert refused.rule == "adopt-would-replace"
        assert refused.reason == (
            'belongs to instance "web", and taking it over would delete it: runtime cannot be changed in place'
        )

    def test_failed_creation_without_cause_has_short_reason(self) -> None:
        change = change_of({}, {}, state="CreateFailed")
        assert change.reason == "its creation failed; it is deleted and recreated"

    def test_replacement_omits_triggers_without_losses(self) -> None:
        kept = trigger()
        spec = function("hello", kept)
        observed = cloud(deployed(spec, runtime="Python3.9"), deployed_trigger(kept))
        warnings = make_plan(project(spec), bundles(bundle(spec)), observed, Policy()).changes[0].warnings
        assert len(warnings) == 2

    def test_replacement_names_loss_of_trigger_with_slash_in_name(self) -> None:
        bound = trigger("http", "a/b")
        spec = function("hello", bound)
        observed = cloud(deployed(spec, runtime="Python3.9"), deployed_trigger(bound))
        warnings = make_plan(project(spec), bundles(bundle(spec)), observed, Policy()).changes[0].warnings
        assert "Trigger http/a/b loses its URL." in warnings

    @pytest.mark.parametrize(
        ("exists", "lost"),
        [
            ({"initTimeout": 9}, "initTimeout"),
            ({"initTimeout": limit("init_timeout.image_default_s")}, "initTimeout"),
            ({"deployMode": "code"}, ""),
        ],
    )
    def test_replacement_of_code_names_each_reset_setting(self, exists: dict[str, Value], lost: str) -> None:
        change = change_of({}, {"runtime": "Python3.9", **exists})
        last = f"Settings that the file does not have return to the platform's default: {lost}."
        assert [one for one in change.warnings if "default" in one] == ([last] if lost else [])

    def test_replacement_by_image_keeps_default_settings(self) -> None:
        image = {"imageUrl": "a/b:1", "imageType": "personal"}
        for start, lost in ((limit("init_timeout.image_default_s"), ""), (9, "initTimeout")):
            exists: dict[str, Value] = {"image": image, "initTimeout": start, "deployMode": "image"}
            change = change_of({}, exists)
            assert change.action is Action.REPLACE
            last = f"Settings that the file does not have return to the platform's default: {lost}."
            assert [one for one in change.warnings if "default" in one] == ([last] if lost else [])

    def test_replacement_of_image_resets_no_image_setting(self) -> None:
        image = {"image": {"imageUrl": "a/b:1"}}
        exists: dict[str, Value] = {"image": {"imageUrl": "a/b:1@sha256:1"}, "deployMode": "image", "nodeType": "CPU"}
        change = change_of({**image, "nodeType": "GPU"}, exists)
        assert change.reason == "nodeType cannot be changed in place"
        assert [one for one in change.warnings if "default" in one] == []

    def test_replacement_by_image_names_deploy_mode(self) -> None:
        change = change_of({"image": {"imageUrl": "a/b:1"}}, {})
        assert change.reason.startswith("deployMode cannot be changed in place")
        assert ("deployMode", None, "image") in paths(change)


class TestStates:
    def test_failed_update_is_reported_with_differences(self) -> None:
        change = change_of({"timeout": 9}, {"timeout": 3}, state="UpdateFailed")
        assert change.reason == "timeout differs; its last update failed, so the code is uploaded again"
        assert [field.path for field in change.fields] == ["timeout", "src"]
        assert change.warnings == ("The last update failed. Until one succeeds, calls run the version before it.",)

    def test_changed_code_is_uploaded_once_after_failed_update(self) -> None:
        change = change_of({}, {}, state="UpdateFailed", sha256="bb" * 32)
        assert [field.path for field in change.fields] == ["src"]

    def test_function_in_transitional_state_is_planned(self) -> None:
        change = change_of({"timeout": 9}, {"timeout": 3}, state="Updating")
        assert (change.action, change.reason) == (Action.UPDATE, "timeout differs; its state is Updating")

    def test_code_is_uploaded_again_after_failed_update(self) -> None:
        change = change_of({}, {}, state="UpdateFailed", state_reason="layer not found")
        assert change.action is Action.UPDATE
        assert [field.path for field in change.fields] == ["src"]
        assert change.reason == "its last update failed, so the code is uploaded again"
        assert change.warnings[0].startswith("The last update failed: layer not found.")

    def test_failed_update_without_bundle_has_only_warning(self) -> None:
        spec = function()
        plan = make_plan(project(spec), {}, cloud(deployed(spec, state="UpdateFailed")), Policy())
        assert (plan.changes[0].action, plan.changes[0].reason) == (Action.NO_OP, "matches the configuration")
        assert plan.changes[0].warnings


def test_function_of_other_instance_is_rejected_without_adopt() -> None:
    spec = function()
    plan = make_plan(project(spec), bundles(bundle(spec)), cloud(deployed(spec, owner=NEIGHBOUR)), Policy())
    assert plan.changes == ()
    (refused,) = plan.rejected
    assert refused.rule == "owned-by-another"
    assert refused.reason == 'belongs to instance "web" of app "shop", stage "dev", not to instance "api"'
    assert "--adopt" in refused.hint


def test_function_of_other_instance_moves_with_adopt() -> None:
    spec = function()
    observed = cloud(deployed(spec, owner=NEIGHBOUR))
    (change,) = make_plan(project(spec), bundles(bundle(spec)), observed, Policy(adopt=True)).changes
    assert (change.action, paths(change)) == (Action.UPDATE, [("tags.scfdeploy:instance", "web", "api")])
    assert change.reason == 'its ownership moves from instance "web" to "api"'


def test_settings_of_other_function_type_are_not_compared() -> None:
    spec = function(type="web", handler="index.main")
    plan = make_plan(project(spec), bundles(bundle(spec)), cloud(deployed(spec, handler="")), Policy())
    assert not plan.has_changes
    assert "handler" not in plan.changes[0].settings


def test_unknown_value_depends_on_its_source() -> None:
    other = function("other", memorySize=256)
    layer = Ref(other.address, "version")
    spec = function("hello", layers=({"name": "a", "version": layer},))
    packed = bundles(bundle(spec), bundle(other))
    plan = make_plan(project(spec, other), packed, cloud(deployed(spec, layers=())), Policy())
    assert [change.address.function for change in plan.changes] == ["other", "hello"]
    assert plan.changes[1].requires == (Address.of_function("default", "other"),)
    assert plan.changes[1].fields[0].after == ({"name": "a", "version": layer},)
