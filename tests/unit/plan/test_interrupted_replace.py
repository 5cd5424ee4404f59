"""What an earlier run left half replaced says so, and comes before all else."""

from collections.abc import Collection

from scfdeploy.model import Address, Resource
from scfdeploy.plan import Plan, Policy, make_plan
from scfdeploy.plan.destroy import make_destroy_plan
from scfdeploy.plan.planner import still_half_replaced
from tests.support.builders import HELLO, bundle, bundles, cloud, deployed, deployed_trigger, function, project, trigger

TICK = HELLO.trigger("timer", "tick")
FIRST = function("first", trigger(function=Address.of_function("default", "first")), memorySize=256)
SPEC = function("hello", trigger(), msgTTL=60)
REASON = "an earlier replacement was interrupted: the old resource is deleted"


def plan_of(*exists: Resource, half: Collection[Address] = (HELLO,), targets: tuple[Address, ...] = ()) -> Plan:
    packed = bundles(bundle(FIRST), bundle(SPEC))
    return make_plan(project(FIRST, SPEC), packed, cloud(*exists), Policy(targets=targets), half_replaced=half)


def shown(plan: Plan) -> list[str]:
    return [f"{change.action} {change.address}" for change in plan.changes]


def reasons(plan: Plan) -> dict[str, str]:
    return {str(change.address): change.reason for change in plan.changes}


def test_half_replaced_function_comes_first_with_its_resources() -> None:
    assert shown(plan_of()) == [
        "create function/default/hello",
        "create async/default/hello",
        "create trigger/default/hello/timer/tick",
        "create function/default/first",
        "create trigger/default/first/timer/tick",
    ]


def test_only_half_replaced_creation_has_interrupted_reason() -> None:
    found = reasons(plan_of())
    assert found["function/default/hello"] == REASON
    assert found["function/default/first"] == "does not exist yet"
    assert found["trigger/default/hello/timer/tick"] == "is created with its function"


def test_interrupted_replace_keeps_its_dependencies_first() -> None:
    spec = function("hello", namespace="later")
    plan = make_plan(project(FIRST, spec), bundles(bundle(spec)), cloud(), Policy(), half_replaced={spec.address})
    assert shown(plan)[:2] == ["create namespace/later", "create function/later/hello"]


def test_creation_without_journal_is_ordinary() -> None:
    plan = plan_of(half=())
    assert shown(plan)[0] == "create function/default/first"
    assert reasons(plan)["function/default/hello"] == "does not exist yet"


def test_function_being_deleted_keeps_reason_and_comes_first() -> None:
    plan = plan_of(deployed(SPEC, state="Deleting"))
    assert shown(plan)[0] == "replace function/default/hello"
    assert reasons(plan)["function/default/hello"] == "it is being deleted; it is recreated afterwards"


def test_existing_resource_is_not_an_interrupted_replace() -> None:
    plan = plan_of(deployed(SPEC))
    assert shown(plan)[0] == "create function/default/first"
    assert REASON not in reasons(plan).values()


def test_trigger_alone_can_be_half_replaced() -> None:
    plan = plan_of(deployed(SPEC), half={TICK})
    assert shown(plan)[0] == f"create {TICK}"
    assert reasons(plan)[str(TICK)] == REASON


def test_pending_replaces_include_planned_creations() -> None:
    noted = {HELLO, TICK, FIRST.address}
    plan = plan_of(deployed(SPEC), half=noted)
    assert still_half_replaced(noted, plan, Policy()) == {TICK, FIRST.address}


def test_pending_replaces_exclude_resources_removed_from_files() -> None:
    gone = Address.of_function("default", "gone")
    assert still_half_replaced({gone}, plan_of(half={gone}), Policy()) == frozenset()


def test_targeted_plan_keeps_others_half_replaced() -> None:
    targets = (FIRST.address,)
    plan = plan_of(targets=targets)
    assert shown(plan) == ["create function/default/first", "create trigger/default/first/timer/tick"]
    assert still_half_replaced({HELLO}, plan, Policy(targets=targets)) == {HELLO}


def test_destroy_plan_leaves_nothing_half_replaced() -> None:
    exists = cloud(deployed(FIRST), deployed_trigger(FIRST.triggers[0]))
    plan = make_destroy_plan(project(FIRST, SPEC), exists, Policy())
    assert still_half_replaced({HELLO}, plan, Policy()) == frozenset()
