"""A function's triggers and asynchronous settings are changes of their own."""

from dataclasses import replace

import pytest

from scfdeploy.model import Address, Ref, Resource, TriggerSpec, Value
from scfdeploy.model.resource_kind import FUNCTION
from scfdeploy.plan import Action, Change, Plan, Policy, make_plan
from scfdeploy.plan.destroy import make_destroy_plan
from scfdeploy.plan.edges import Edge, EdgeReason
from scfdeploy.plan.resources.trigger import trigger_edges
from tests.support.builders import (
    HELLO,
    NEIGHBOUR,
    OWNER,
    STRANGER,
    bundle,
    bundles,
    cloud,
    deployed,
    deployed_trigger,
    function,
    project,
    trigger,
)


def plan_of(
    *wanted: TriggerSpec, exists: tuple[Resource, ...] = (), policy: Policy | None = None, **settings: Value
) -> Plan:
    spec = function("hello", *wanted, **settings)
    return make_plan(project(spec), bundles(bundle(spec)), cloud(deployed(spec), *exists), policy or Policy())


def plan_of_changing(*, exists: tuple[Resource, ...] = (), **settings: Value) -> Plan:
    """A plan that changes the function too."""
    spec = function("hello", memorySize=1024, **settings)
    return make_plan(project(spec), {}, cloud(deployed(spec, memorySize=128), *exists), Policy())


def capacity_edges(changes: list[Change]) -> list[Edge]:
    return [edge for edge in trigger_edges(changes) if edge.reason is EdgeReason.CAPACITY]


def one(plan: Plan) -> Change:
    (change,) = [change for change in plan.changes if change.address.kind is not FUNCTION]
    return change


def test_triggers_of_new_function_depend_on_it() -> None:
    spec = function("hello", trigger(), msgTTL=60)
    plan = make_plan(project(spec), bundles(bundle(spec)), cloud(), Policy())
    assert [(str(change.action), str(change.address), change.requires) for change in plan.changes] == [
        ("create", "function/default/hello", ()),
        ("create", "async/default/hello", (HELLO,)),
        ("create", "trigger/default/hello/timer/tick", (HELLO,)),
    ]


def test_trigger_of_unchanged_function_has_no_dependencies() -> None:
    change = one(plan_of(trigger()))
    assert (change.action, change.reason, change.requires) == (Action.CREATE, "does not exist yet", ())
    assert change.owner == OWNER


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (trigger(cronExpression="0  */5 * * * * *"), {"cronExpression": "0 */5 * * * * *"}),
        (trigger(argument=""), {}),
        (trigger(), {"enable": False, "argument": "by hand", "qualifier": "3"}),
        (trigger("http", "url-trigger"), {"authType": "CAM", "corsConfig": {"enable": True}}),
        (
            trigger("http", "url-trigger", netConfig={"enableIntranet": True}),
            {"netConfig": {"enableIntranet": True, "enableExtranet": True}},
        ),
        (trigger("http", "url-trigger", netConfig={}), {}),
        (trigger("http", "url-trigger", corsConfig={}), {}),
    ],
)
def test_equivalent_trigger_settings_are_no_change(written: TriggerSpec, shown: dict[str, Value]) -> None:
    change = one(plan_of(written, exists=(deployed_trigger(written, **shown),)))
    assert (change.action, change.fields) == (Action.NO_OP, ())


def test_update_keeps_unwritten_settings() -> None:
    wanted = trigger(cronExpression="0 0 2 * * * *")
    exists = deployed_trigger(wanted, cronExpression="0 0 3 * * * *", argument="by hand", enable=False, qualifier="3")
    change = one(plan_of(wanted, exists=(exists,)))
    assert (change.action, change.reason) == (Action.UPDATE, "cronExpression differs")
    assert change.settings == {
        "cronExpression": "0 0 2 * * * *",
        "argument": "by hand",
        "enable": False,
        "qualifier": "3",
    }


def test_emptied_block_is_cleared() -> None:
    wanted = trigger("http", "url-trigger", corsConfig={})
    exists = deployed_trigger(wanted, corsConfig={"enable": True, "origins": ("*",)})
    change = one(plan_of(wanted, exists=(exists,)))
    assert [(field.path, field.after) for field in change.fields] == [
        ("corsConfig.enable", None),
        ("corsConfig.origins", None),
    ]
    assert change.settings["corsConfig"] == {}


def test_other_qualifier_forces_replacement() -> None:
    wanted = trigger("http", "url-trigger", qualifier="2")
    change = one(plan_of(wanted, exists=(deployed_trigger(wanted, qualifier="1"),)))
    assert (change.action, change.reason) == (Action.REPLACE, "qualifier cannot be changed in place")
    assert change.warnings == ("The trigger is deleted and recreated: it loses its URL.",)


def test_block_keeps_unwritten_keys() -> None:
    wanted = trigger("http", "url-trigger", corsConfig={"enable": True})
    exists = deployed_trigger(wanted, corsConfig={"enable": False, "origins": ("*",)}, authType="CAM")
    change = one(plan_of(wanted, exists=(exists,)))
    assert change.settings["corsConfig"] == {"enable": True, "origins": ("*",)}
    assert change.settings["authType"] == "CAM"
    assert change.owner == OWNER


def test_missing_block_is_created_as_written() -> None:
    wanted = trigger("http", "url-trigger", corsConfig={"enable": True, "origins": ("*",)})
    there = deployed_trigger(trigger("http", "url-trigger"))
    settings = {name: value for name, value in there.settings.items() if name != "corsConfig"}
    change = one(plan_of(wanted, exists=(replace(there, settings=settings),)))
    assert change.settings["corsConfig"] == {"enable": True, "origins": ("*",)}


class TestUnlistedTriggers:
    def test_owned_trigger_is_deleted_after_its_function_change(self) -> None:
        change = one(plan_of_changing(exists=(deployed_trigger(trigger()),)))
        assert (change.action, change.owner, change.requires) == (Action.DELETE, OWNER, (HELLO,))

    def test_ignored_trigger_is_unmanaged(self) -> None:
        plan = plan_of(trigger(name="new"), exists=(deployed_trigger(trigger()),), ignoreTriggers=True)
        assert not plan.has_changes
        assert plan.unmanaged == ((HELLO.trigger("timer", "tick"), "ignoreTriggers is true"),)

    def test_ignored_trigger_is_not_created_with_function(self) -> None:
        spec = function("hello", trigger(), ignoreTriggers=True)
        plan = make_plan(project(spec), bundles(bundle(spec)), cloud(), Policy())
        assert [change.address for change in plan.changes] == [HELLO]

    def test_trigger_is_ignored_only_for_true(self) -> None:
        assert plan_of(trigger(name="new"), ignoreTriggers=False).has_changes

    def test_owned_trigger_is_deleted(self) -> None:
        change = one(plan_of(exists=(deployed_trigger(trigger(qualifier="7")),)))
        assert (change.action, change.reason) == (Action.DELETE, "is not in the file any more")
        assert ("qualifier", "7", None) in [(field.path, field.before, field.after) for field in change.fields]

    def test_manual_trigger_is_unmanaged(self) -> None:
        plan = plan_of(exists=(deployed_trigger(trigger(), owner=None),))
        assert not plan.has_changes
        assert plan.unmanaged == ((HELLO.trigger("timer", "tick"), "was created manually; --prune deletes it"),)

    def test_manual_trigger_is_pruned(self) -> None:
        plan = plan_of(exists=(deployed_trigger(trigger(), owner=None),), policy=Policy(prune=True))
        assert one(plan).action is Action.DELETE

    def test_trigger_of_other_project_is_unmanaged_even_with_prune(self) -> None:
        plan = plan_of(exists=(deployed_trigger(trigger(), owner=STRANGER),), policy=Policy(prune=True))
        assert (plan.has_changes, plan.unmanaged[0][1]) == (False, "is owned by another project")

    def test_trigger_of_unknown_type_is_unmanaged_even_with_prune(self) -> None:
        unknown = Resource(HELLO.trigger("apigw", "gate"), {})
        plan = plan_of(exists=(unknown,), policy=Policy(prune=True))
        assert (plan.has_changes, plan.unmanaged[0][1]) == (False, "has a type that is not managed")

    def test_listed_trigger_of_unknown_type_is_reported(self) -> None:
        for exists in ((deployed(function()),), ()):
            spec = function("hello", trigger("apigw", "gate"))
            plan = make_plan(project(spec), bundles(bundle(spec)), cloud(*exists), Policy())
            assert [change.address for change in plan.changes] == [HELLO]
            assert plan.unmanaged == ((HELLO.trigger("apigw", "gate"), "has a type that is not managed"),)

    def test_created_trigger_requires_delete_of_same_type(self) -> None:
        old = trigger("http", "url-trigger")
        plan = plan_of(
            trigger("http", "api"), trigger(), exists=(deployed_trigger(old), deployed_trigger(trigger(name="x")))
        )
        requires = {change.address: change.requires for change in plan.changes}
        assert requires[HELLO.trigger("http", "api")] == (old.address,)
        assert requires[HELLO.trigger("timer", "tick")] == (HELLO.trigger("timer", "x"),)


def test_unknown_value_is_kept_as_reference() -> None:
    topic = Ref(HELLO, "url")
    change = one(plan_of(trigger(argument=topic), exists=(deployed_trigger(trigger()),)))
    assert [(field.path, field.after) for field in change.fields] == [("argument", topic)]


class TestMarks:
    def test_manual_trigger_with_same_name_is_adopted(self) -> None:
        wanted = trigger()
        change = one(plan_of(wanted, exists=(deployed_trigger(wanted, owner=None),)))
        assert (change.action, change.reason) == (Action.UPDATE, "was created manually and is adopted")
        assert [(field.path, field.before, field.after) for field in change.fields] == [
            ("owner", None, "scfdeploy:shop/dev/api")
        ]

    def test_renamed_instance_updates_ownership_tag(self) -> None:
        wanted = trigger()
        change = one(plan_of(wanted, exists=(deployed_trigger(wanted, owner=NEIGHBOUR),)))
        assert change.reason == "its ownership moves to another instance"
        assert (change.fields[0].path, change.fields[0].before) == ("owner", "scfdeploy:shop/dev/web")

    def test_trigger_of_other_project_is_rejected(self) -> None:
        wanted = trigger()
        plan = plan_of(wanted, exists=(deployed_trigger(wanted, owner=STRANGER),))
        assert [(refusal.address, refusal.rule) for refusal in plan.rejected] == [(wanted.address, "owned-by-another")]


class TestAsynchronous:
    def test_untaggable_trigger_is_managed_only_if_written(self) -> None:
        assert [change.address.kind for change in plan_of().changes] == [FUNCTION]

    def test_trigger_depends_on_its_function(self) -> None:
        assert one(plan_of_changing(msgTTL=60)).requires == (HELLO,)
        assert one(plan_of(msgTTL=60)).owner == OWNER

    def test_trigger_of_new_function_has_owner(self) -> None:
        spec = function("hello", msgTTL=60)
        change = one(make_plan(project(spec), bundles(bundle(spec)), cloud(), Policy()))
        assert (change.owner, change.reason) == (OWNER, "is created with its function")

    def test_trigger_update_keeps_unwritten_settings(self) -> None:
        exists = Resource(HELLO.asynchronous(), {"msgTTL": 3600, "retryNum": 1})
        change = one(plan_of(exists=(exists,), retryNum=0))
        assert (change.action, change.reason) == (Action.UPDATE, "retryNum differs")
        assert change.settings == {"msgTTL": 3600, "retryNum": 0}

    def test_equal_trigger_is_no_change(self) -> None:
        exists = Resource(HELLO.asynchronous(), {"msgTTL": 3600, "retryNum": 1})
        assert one(plan_of(exists=(exists,), retryNum=1)).action is Action.NO_OP

    def test_unobserved_setting_is_written(self) -> None:
        change = one(plan_of(msgTTL=21600))
        assert (change.action, change.settings) == (Action.UPDATE, {"msgTTL": 21600})


BUCKET = "photos-1300000001.cos.ap-guangzhou.myqcloud.com"
RULE = f"{BUCKET}:ObjectCreated:Put"
TWO = Address.of_function("default", "two")


class TestTypesOfOtherProducts:
    def test_untaggable_trigger_is_never_pruned(self) -> None:
        for kind, name in (("cls", "abc"), ("mps", "WorkflowTask"), ("clb", "lb-1/HTTP:80/a.b/")):
            there = deployed_trigger(trigger(kind, name), owner=None)
            for policy in (Policy(), Policy(prune=True)):
                plan = plan_of(exists=(there,), policy=policy)
                assert not plan.has_changes
                assert "cannot have an ownership tag" in plan.unmanaged[0][1]

    def test_trigger_without_owner_is_managed_when_written(self) -> None:
        spec = trigger("cos", RULE, enable=True)
        plan = plan_of(spec, exists=(deployed_trigger(spec, owner=None),))
        assert not plan.has_changes

    def test_enable_is_an_update_or_replacement_by_type(self) -> None:
        for kind, name, action in (
            ("timer", "tick", Action.UPDATE),
            ("cos", RULE, Action.UPDATE),
            ("ckafka", "ckafka-1a-t", Action.UPDATE),
            ("cmq", "orders", Action.REPLACE),
        ):
            off = trigger(kind, name, enable=False)
            plan = plan_of(off, exists=(deployed_trigger(off, enable=True),))
            (change,) = [change for change in plan.changes if change.address == off.address]
            assert (change.action, [field.path for field in change.fields]) == (action, ["enable"])

    def test_binding_held_by_another_function_is_deleted_first(self) -> None:
        first, two = function("one"), function("two", trigger("cos", RULE, function=TWO, enable=True))
        had = deployed_trigger(trigger("cos", f"{BUCKET}:ObjectCreated:*", function=first.address, enable=True))
        observed = cloud(deployed(first), deployed(two), had)
        plan = make_plan(project(first, two), bundles(bundle(first), bundle(two)), observed, Policy())
        active = [change.address for change in plan.changes if change.action is not Action.NO_OP]
        assert active == [had.address, TWO.trigger("cos", RULE)]
        assert {change.address: change.requires for change in plan.changes}[active[1]] == (active[0],)

    def test_binding_held_by_same_function_is_required_once(self) -> None:
        new, old = trigger("cos", RULE, enable=True), trigger("cos", f"{BUCKET}:ObjectCreated:*", enable=True)
        change = next(
            each for each in plan_of(new, exists=(deployed_trigger(old),)).changes if each.address == new.address
        )
        assert change.requires == (old.address,)

    def test_trigger_depends_only_on_deletions_of_its_type(self) -> None:
        where: dict[str, Value] = {"loadBalanceId": "lb-1", "protocol": "HTTP", "port": 80, "domain": "a.b", "url": "/"}
        bound = trigger("clb", "lb-1/HTTP:80/a.b/", **where)
        rule = trigger("cos", RULE, function=TWO, enable=True)
        changes = [
            Change(bound.address, Action.DELETE, ""),
            Change(rule.address, Action.CREATE, ""),
            Change(TWO.trigger("clb", "lb-1/HTTP:80/a.b/"), Action.CREATE, ""),
            Change(TWO.trigger("clb", "lb-1/HTTP:80/c.d/"), Action.UPDATE, ""),
            Change(TWO.alias("cos"), Action.CREATE, ""),
            Change(TWO.trigger("timer", "tick"), Action.CREATE, ""),
        ]
        bound_elsewhere = Edge(TWO.trigger("clb", "lb-1/HTTP:80/a.b/"), bound.address, EdgeReason.CAPACITY)
        assert capacity_edges(changes) == [bound_elsewhere]
        assert capacity_edges(changes[1:]) == []
        assert capacity_edges([Change(HELLO.alias("cos"), Action.DELETE, ""), *changes[1:2]]) == []

    def test_trigger_of_an_alias_depends_on_it(self) -> None:
        called, other = HELLO.trigger("timer", "a"), HELLO.trigger("timer", "b")
        changes = [
            Change(HELLO.alias("prod"), Action.CREATE, ""),
            Change(called, Action.CREATE, "", settings={"qualifier": "prod"}),
            Change(other, Action.CREATE, ""),
            Change(HELLO.provisioned("prod"), Action.CREATE, "", settings={"qualifier": "prod"}),
        ]
        assert list(trigger_edges(changes)) == [
            Edge(called, HELLO, EdgeReason.PARENT),
            Edge(called, HELLO.alias("prod"), EdgeReason.ALIAS),
            Edge(other, HELLO, EdgeReason.PARENT),
        ]

    def test_deleted_function_depends_on_triggers_of_other_products(self) -> None:
        spec = function("hello", trigger("cls", "abc"), trigger())
        kept = [deployed_trigger(each) for each in spec.triggers]
        other = deployed_trigger(trigger("cls", "other"), owner=None)
        plan = make_destroy_plan(project(spec), cloud(deployed(spec), *kept, other), Policy())
        assert [change.address for change in plan.changes] == [HELLO.trigger("cls", "abc"), HELLO]
        assert plan.changes[0].reason == "is listed in the file and stored by another product"
        assert plan.changes[0].owner == OWNER
        assert plan.changes[1].requires == (HELLO.trigger("cls", "abc"),)
        assert [address for address, _ in plan.unmanaged] == [other.address]
