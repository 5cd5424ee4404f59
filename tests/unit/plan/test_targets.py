"""--target keeps what it names, and what that cannot do without."""

import pytest

from scfdeploy.diagnostics import ScfDeployError
from scfdeploy.model import Address
from scfdeploy.plan import Plan, Policy, make_destroy_plan, make_plan
from tests.support.builders import HELLO, bundle, bundles, cloud, deployed, function, project, trigger

OTHER = Address.of_function("default", "other")


def plan_of(*targets: Address, runtime: str | None = None, exists: bool = True) -> Plan:
    hello = function("hello", trigger(), trigger(name="tock"), msgTTL=60)
    other = function("other", memorySize=256)
    resources = [deployed(hello, **({"runtime": runtime} if runtime else {}))] if exists else []
    packed = bundles(bundle(hello), bundle(other))
    return make_plan(project(hello, other), packed, cloud(*resources), Policy(targets=targets))


def shown(plan: Plan) -> list[str]:
    return [f"{change.action} {change.address}" for change in plan.changes]


def test_a_function_comes_with_all_that_belongs_to_it() -> None:
    assert shown(plan_of(HELLO)) == [
        "no-op function/default/hello",
        "update async/default/hello",
        "create trigger/default/hello/timer/tick",
        "create trigger/default/hello/timer/tock",
    ]


def test_a_trigger_comes_alone_when_its_function_exists() -> None:
    plan = plan_of(HELLO.trigger("timer", "tick"))
    assert shown(plan) == ["create trigger/default/hello/timer/tick"]
    assert plan.changes[0].requires == ()


def test_a_trigger_brings_a_function_that_has_to_be_made() -> None:
    plan = plan_of(HELLO.trigger("timer", "tick"), exists=False)
    assert shown(plan) == ["create function/default/hello", "create trigger/default/hello/timer/tick"]
    assert plan.changes[1].requires == (HELLO,)


def test_a_function_made_anew_brings_everything_that_would_be_lost() -> None:
    assert shown(plan_of(HELLO.trigger("timer", "tick"), runtime="Python3.9")) == [
        "replace function/default/hello",
        "create async/default/hello",
        "create trigger/default/hello/timer/tick",
        "create trigger/default/hello/timer/tock",
    ]


def test_a_target_that_is_not_there_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(ScfDeployError, match="no such resource") as caught:
        plan_of(Address.of_function("default", "helo"))
    assert caught.value.hint == 'Did you mean "function/default/hello"?'


def test_refusals_and_notes_of_others_are_left_out() -> None:
    hello, other = function("hello"), function("other")
    observed = cloud(deployed(hello, owner=None), deployed(other))
    plan = make_plan(project(hello, other), bundles(bundle(other)), observed, Policy(targets=(OTHER,)))
    assert (shown(plan), plan.refused) == (["no-op function/default/other"], ())


def test_destroy_takes_targets_too() -> None:
    hello, other = function("hello"), function("other")
    observed = cloud(deployed(hello), deployed(other))
    plan = make_destroy_plan(project(hello, other), observed, Policy(targets=(OTHER,)))
    assert shown(plan) == ["delete function/default/other"]
